"""Whose sheets are wanted."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.consents.rules import Purpose
from services.common.arguments import Schema

_PURPOSES = validate.Length(min=1, max=len(Purpose))


class PairIn(Schema):
    student_id = fields.UUID(required=True)
    guardian_id = fields.UUID(required=True)
    purposes = fields.List(fields.Enum(Purpose, by_value=True), required=True, validate=_PURPOSES)


class MissingIn(Schema):
    class_id = fields.UUID(required=True)
    purposes = fields.List(fields.Enum(Purpose, by_value=True), required=True, validate=_PURPOSES)
