"""The log of sign-ins over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.sign_ins.rules import SignInKind
from services.common.arguments import Integer, Schema
from services.common.paging import DEFAULT_LIMIT, MOST


class SignInsQuery(Schema):
    cursor = fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class SignInEventOut(Schema):
    id = fields.UUID()
    kind = fields.Enum(SignInKind, by_value=True)
    at = fields.AwareDateTime()
    device = fields.String()
    network = fields.String(metadata={"description": "A neighbourhood of addresses; empty when unknown."})


class SignInsOut(Schema):
    items = fields.List(fields.Nested(SignInEventOut))
    next = fields.UUID(allow_none=True)
