"""What several rooms take alike."""

from __future__ import annotations

import datetime as dt

from marshmallow import validate

from services.common.arguments import Schema

SCHOOL_DAY = validate.Range(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
"""Days on which something of a school may begin or end."""


class NothingIn(Schema):
    """A verb on a resource needs no body; an empty object is as good."""
