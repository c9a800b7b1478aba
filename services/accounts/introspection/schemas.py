"""What is asked and answered between services."""

from __future__ import annotations

from marshmallow import fields, validate

from services.common.arguments import Boolean, Schema


class Question(Schema):
    token = fields.String(required=True, validate=validate.Length(max=200))
    poll = Boolean(load_default=False)


class IdentityRoleOut(Schema):
    kind = fields.String()
    classes = fields.List(fields.UUID(), allow_none=True)
    directions = fields.List(fields.String(), allow_none=True)


class IntrospectionOut(Schema):
    """Of an unknown or ended token only that it is not active."""

    active = Boolean(required=True)
    account = fields.UUID()
    person = fields.UUID()
    school = fields.UUID()
    session_kind = fields.String()
    kinds = fields.List(fields.String())
    roles = fields.List(fields.Nested(IdentityRoleOut))
    diary_students = fields.List(fields.UUID())
    withheld_roles = fields.List(fields.String())
    until = fields.AwareDateTime()


class StateQuestion(Schema):
    cursor = fields.String(load_default=None)
    school = fields.UUID(load_default=None)


class Ended(Schema):
    ended = Boolean(required=True)
    """False: nothing was done, since the school would have no administrator."""


class EndPerson(Schema):
    school_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
