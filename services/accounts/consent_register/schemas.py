"""The register as a whole over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.consents.schemas import EARLIEST, ConsentOut
from services.common.arguments import Schema

PRINTS = ("register", "changes", "owed")
FORMATS = ("pdf", "xlsx")


class CountsOut(Schema):
    given = fields.Integer()
    refused = fields.Integer()
    missing = fields.Integer()


class ClassConsentsOut(Schema):
    class_id = fields.UUID()
    class_name = fields.String()
    pupils = fields.Integer()
    signers = fields.Integer(metadata={"description": "Pairs of a pupil and somebody who decides about him."})
    without_signer = fields.Integer(metadata={"description": "Pupils about whom nobody can decide."})
    gaps = fields.Integer()
    purposes = fields.Dict(keys=fields.String(), values=fields.Nested(CountsOut))


class ConsentSummaryOut(Schema):
    classes = fields.List(fields.Nested(ClassConsentsOut))
    withdrawn_this_month = fields.Integer()


class OwedQuery(Schema):
    class_ = fields.UUID(data_key="class", required=True)


class OwedOut(ConsentOut):
    since = fields.Date(allow_none=True)


class OwedsOut(Schema):
    items = fields.List(fields.Nested(OwedOut))
    next = fields.UUID(allow_none=True)


class PrintIn(Schema):
    what = fields.String(required=True, validate=validate.OneOf(PRINTS))
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))
    class_id = fields.UUID(load_default=None, allow_none=True)
    first = fields.Date(load_default=None, allow_none=True, validate=validate.Range(min=EARLIEST))
    last = fields.Date(load_default=None, allow_none=True, validate=validate.Range(min=EARLIEST))
