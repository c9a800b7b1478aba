"""The present state as a source answers it over HTTP."""

from __future__ import annotations

import marshmallow as ma
import webargs.fields

from services.common.arguments import Schema


class StatePage(Schema):
    """A page of rows, and the place in the stream at which they were read."""

    epoch = ma.fields.String()
    seq = ma.fields.Integer()
    rows = ma.fields.List(ma.fields.Dict())
    next = ma.fields.String(allow_none=True)


class DigestQuestion(Schema):
    """What a consumer asks that compares its copy: of which school, and of which fields of the payload."""

    school = ma.fields.UUID(required=True)
    fields_ = webargs.fields.DelimitedList(ma.fields.String(), required=True, data_key="fields")


class StateDigest(Schema):
    """What a school's rows come to at one place in the stream."""

    epoch = ma.fields.String()
    seq = ma.fields.Integer()
    settled = ma.fields.Boolean()
    rows = ma.fields.Integer()
    digest = ma.fields.String()
