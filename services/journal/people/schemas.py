"""People in requests and answers."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from services.common.arguments import Boolean, Schema, Text
from services.journal.fields import Day, Email, Paging, Phone, collection

KINDS = ("staff", "student", "guardian")
RELATIONS = ("мать", "отец", "опекун", "попечитель", "бабушка", "дедушка", "иной представитель")


class PeopleQuery(Paging):
    kind = ma.fields.String(validate=validate.OneOf(KINDS), load_default=None)


class PeopleSearch(Paging):
    q = Text(100, required=True)
    kind = ma.fields.String(validate=validate.OneOf(KINDS), load_default=None)


class NewPerson(Schema):
    id = ma.fields.UUID(load_default=None)
    kinds = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(KINDS)), required=True, validate=validate.Length(1, 3)
    )
    last_name = Text(100, required=True)
    first_name = Text(100, required=True)
    middle_name = Text(100, empty=True, load_default="")
    birth_date = Day(load_default=None, allow_none=True)
    email = Email(load_default=None, allow_none=True)
    phone = Phone(load_default=None, allow_none=True)
    position = Text(100, empty=True, load_default="")


class PersonChange(Schema):
    last_name = Text(100)
    first_name = Text(100)
    middle_name = Text(100, empty=True)
    birth_date = Day()
    email = Email()
    phone = Phone()


class Person(Schema):
    id = ma.fields.UUID()
    kinds = ma.fields.List(ma.fields.String())
    last_name = ma.fields.String()
    first_name = ma.fields.String()
    middle_name = ma.fields.String()
    birth_date = ma.fields.Date(allow_none=True)
    email = ma.fields.String(allow_none=True)
    phone = ma.fields.String(allow_none=True)
    position = ma.fields.String()
    left_on = ma.fields.Date(allow_none=True)
    version = ma.fields.Integer()


class NewGuardianship(Schema):
    id = ma.fields.UUID(load_default=None)
    guardian_id = ma.fields.UUID(required=True)
    student_id = ma.fields.UUID(required=True)
    relation = Text(40, required=True)
    from_ = Day(data_key="from", required=True)
    restricted = Boolean(load_default=False)


class GuardianshipChange(Schema):
    to = Day()
    restricted = Boolean()


class GuardianshipQuery(Schema):
    student = ma.fields.UUID(load_default=None)
    guardian = ma.fields.UUID(load_default=None)


class Guardianship(Schema):
    id = ma.fields.UUID()
    guardian_id = ma.fields.UUID()
    guardian = ma.fields.String(metadata={"description": "Full name."})
    student_id = ma.fields.UUID()
    student = ma.fields.String(metadata={"description": "Full name."})
    relation = ma.fields.String()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date(allow_none=True)
    restricted = ma.fields.Boolean()
    version = ma.fields.Integer()


People = collection(Person, "Person")
Guardianships = collection(Guardianship, "Guardianship")
