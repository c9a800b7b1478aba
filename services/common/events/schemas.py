"""The present state as a source answers it over HTTP."""

from __future__ import annotations

import marshmallow as ma

from services.common.arguments import Schema


class StatePage(Schema):
    """A page of rows, and the place in the stream at which they were read."""

    epoch = ma.fields.String()
    seq = ma.fields.Integer()
    rows = ma.fields.List(ma.fields.Dict())
    next = ma.fields.String(allow_none=True)
