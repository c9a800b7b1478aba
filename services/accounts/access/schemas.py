"""Who waits to be let in."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.access.rules import Stage
from services.accounts.credentials.rules import MOST_PEOPLE
from services.common.arguments import Boolean, Integer, Schema
from services.common.paging import DEFAULT_LIMIT, MOST


class PendingQuery(Schema):
    class_ = fields.UUID(data_key="class", load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(["staff"]))
    cursor = fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class PlaceOut(Schema):
    class_id = fields.UUID()
    class_name = fields.String()
    student_id = fields.UUID()
    student = fields.String()


class PendingOut(Schema):
    person_id = fields.UUID()
    name = fields.String()
    kinds = fields.List(fields.String())
    places = fields.List(fields.Nested(PlaceOut))
    since = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    overdue = Boolean()
    stage = fields.Enum(Stage, by_value=True)
    expires_at = fields.AwareDateTime(allow_none=True)


class PendingsOut(Schema):
    items = fields.List(fields.Nested(PendingOut))
    next = fields.UUID(allow_none=True)


class UsedQuery(Schema):
    class_ = fields.UUID(data_key="class", load_default=None)


class UsedOut(Schema):
    person_id = fields.UUID()
    name = fields.String()
    places = fields.List(fields.Nested(PlaceOut))
    used_at = fields.AwareDateTime()


class UsedsOut(Schema):
    items = fields.List(fields.Nested(UsedOut))
    next = fields.UUID(allow_none=True)


class CountOut(Schema):
    waiting = fields.Integer()
    asking = fields.Integer()
    overdue = fields.Integer()
    without_slip = fields.Integer()
    handed_over = fields.Integer()


class ClassCountOut(CountOut):
    class_id = fields.UUID()
    class_name = fields.String()


class SummaryOut(Schema):
    classes = fields.List(fields.Nested(ClassCountOut))
    staff = fields.Nested(CountOut, allow_none=True)


class HandedOverIn(Schema):
    person_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_PEOPLE))
