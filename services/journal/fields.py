"""Fields that schemas of journal share, and the shapes of answers that several rooms give."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.common.arguments import Integer, Schema
from services.common.paging import DEFAULT_LIMIT, MOST
from services.common.problems import Contradiction
from services.journal.people.rules import normal_email, normal_phone

PHONE = "phone"
"""Format of a phone number in the OpenAPI document."""

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


class Day(ma.fields.Date):
    """A calendar day within reason."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", validate=validate.Range(EARLIEST, LATEST), **options)


class Email(ma.fields.String):
    """An address in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": "email"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        try:
            return normal_email(super()._deserialize(value, attr, data, **options))
        except ValueError as error:
            raise ma.ValidationError("Is not an e-mail address.") from error


class Phone(ma.fields.String):
    """A phone number as +7…"""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": PHONE}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        try:
            return normal_phone(super()._deserialize(value, attr, data, **options))
        except ValueError as error:
            raise ma.ValidationError("Is not a phone number.") from error


class Window(Schema):
    """Days from and to, both included."""

    from_ = Day(data_key="from", load_default=None)
    to = Day(load_default=None)

    @ma.validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("from_"), data.get("to")
        if first and last and last < first:
            raise ma.ValidationError(Contradiction("Ends before it begins."), "to")
        if first and last and (last - first).days > 400:
            raise ma.ValidationError(Contradiction("More than a school year."), "to")


class Paging(Schema):
    """Where a collection goes on and how much of it is wanted."""

    cursor = ma.fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class PersonName(Schema):
    """Somebody as lists name people."""

    id = ma.fields.UUID()
    name = ma.fields.String()


def collection(items: type[ma.Schema], name: str) -> type[ma.Schema]:
    """The shape `{"items": […], "next": …}` of a collection of `items`."""
    return Schema.from_dict(
        {"items": ma.fields.List(ma.fields.Nested(items)), "next": ma.fields.UUID(allow_none=True)},
        name=f"{name}Collection",
    )
