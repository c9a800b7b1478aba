"""Working days over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from services.common.arguments import Boolean, Integer, Schema


class WorkingDaysQuery(Schema):
    year = Integer(required=True, validate=validate.Range(1990, 2100))


class OddDayOut(Schema):
    day = fields.Date()
    working = fields.Boolean()
    own = fields.Boolean(metadata={"description": "The school said so; else the calendar does."})


class WorkingDaysOut(Schema):
    items = fields.List(fields.Nested(OddDayOut))
    next = fields.UUID(allow_none=True)


class WorkingDayIn(Schema):
    working = Boolean(required=True)
