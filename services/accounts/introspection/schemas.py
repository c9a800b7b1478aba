"""What is asked and answered between services."""

from __future__ import annotations

from marshmallow import fields, validate

from services.common.arguments import Schema


class Question(Schema):
    token = fields.String(required=True, validate=validate.Length(max=200))
    poll = fields.Boolean(load_default=False)


class StateQuestion(Schema):
    cursor = fields.String(load_default=None)
    school = fields.UUID(load_default=None)


class EndPerson(Schema):
    school_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
