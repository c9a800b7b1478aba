"""Roles over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.roles.rules import Direction, RoleKind
from services.accounts.schemas import SCHOOL_DAY
from services.common.arguments import Integer, Schema, Text
from services.common.paging import DEFAULT_LIMIT, MOST


class RolesQuery(Schema):
    cursor = fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class RoleIn(Schema):
    id = fields.UUID(load_default=None)
    person_id = fields.UUID(required=True)
    kind = fields.Enum(RoleKind, by_value=True, required=True)
    from_ = fields.Date(data_key="from", required=True, validate=SCHOOL_DAY)
    to = fields.Date(load_default=None, allow_none=True, validate=SCHOOL_DAY)
    classes = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=200))
    directions = fields.List(
        fields.Enum(Direction, by_value=True),
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=len(Direction)),
    )
    order_number = Text(100, empty=True, load_default="")
    order_date = fields.Date(load_default=None, allow_none=True, validate=SCHOOL_DAY)


class RoleOut(Schema):
    id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    kind = fields.String()
    classes = fields.List(fields.UUID(), allow_none=True)
    directions = fields.List(fields.String(), allow_none=True)
    from_ = fields.Date(data_key="from")
    to = fields.Date(allow_none=True)
    order_number = fields.String()
    order_date = fields.Date(allow_none=True)


class RolesOut(Schema):
    items = fields.List(fields.Nested(RoleOut))
    next = fields.UUID(allow_none=True)
