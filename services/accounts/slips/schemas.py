"""For whom slips are printed."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.credentials.rules import MOST_PEOPLE
from services.common.arguments import Schema

AMONG = ("staff", "families", "everybody")


class SlipsIn(Schema):
    """One of three: people by id, a class with its families, or all of a kind.

    Of a class or a kind those are meant who have never signed in and hold no slip in their hands."""

    person_ids = fields.List(fields.UUID(), validate=validate.Length(min=1, max=MOST_PEOPLE))
    class_id = fields.UUID()
    among = fields.String(validate=validate.OneOf(AMONG))
