"""The list of duties over HTTP."""

from __future__ import annotations

from marshmallow import fields

from services.accounts.schemas import SCHOOL_DAY
from services.common.arguments import Boolean, Schema, Text


class DutiesQuery(Schema):
    on = fields.Date(load_default=None, validate=SCHOOL_DAY)


class DutiesPrintIn(Schema):
    on = fields.Date(load_default=None, allow_none=True, validate=SCHOOL_DAY)
    order_number = Text(100, empty=True, load_default="")
    order_date = fields.Date(load_default=None, allow_none=True, validate=SCHOOL_DAY)


class ScopeOut(Schema):
    id = fields.UUID()
    name = fields.String()


class DutyRoleOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    classes = fields.List(fields.Nested(ScopeOut), allow_none=True)
    directions = fields.List(fields.String(), allow_none=True)
    from_ = fields.Date(data_key="from", attribute="from_on")
    to = fields.Date(attribute="to_on", allow_none=True)
    order_number = fields.String()
    order_date = fields.Date(allow_none=True)
    may_end = Boolean()


class LedOut(Schema):
    class_id = fields.UUID()
    class_name = fields.String()
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(allow_none=True, metadata={"format": "date"})


class TaughtOut(LedOut):
    course_id = fields.UUID()
    subject = fields.String()
    kind = fields.String()


class DutyOut(Schema):
    person_id = fields.UUID()
    name = fields.String()
    position = fields.String()
    roles = fields.List(fields.Nested(DutyRoleOut))
    leads = fields.List(fields.Nested(LedOut))
    teaches = fields.List(fields.Nested(TaughtOut))


class DutiesOut(Schema):
    on = fields.Date()
    items = fields.List(fields.Nested(DutyOut))
    next = fields.UUID(allow_none=True)
