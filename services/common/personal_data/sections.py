"""The form in which a service tells what it keeps about somebody: tables with a heading. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Value = str | int | bool | Decimal | dt.date | dt.datetime | uuid.UUID | None
"""Moments are aware."""


@dataclass(frozen=True)
class Section:
    """One kind of thing that is kept about a person."""

    name: str
    """What programs call it, unique within the service."""
    title: str
    """What people call it, in Russian: it stands in the document that is handed to them."""
    columns: Mapping[str, str]
    """Name of the column for programs -> its heading for people, in the order of printing."""
    rows: Sequence[Mapping[str, Value]]
    """A value for each column."""


def section(name: str, title: str, columns: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> Section:
    """A section of rows that give their values in the order of the columns."""
    return Section(name, title, columns, [dict(zip(columns, row, strict=True)) for row in rows])


def told(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """As they travel to accounts: days and moments as RFC 3339, numbers with a point as text."""
    return [
        {
            "name": one.name,
            "title": one.title,
            "columns": dict(one.columns),
            "rows": [{name: _told(row[name]) for name in one.columns} for row in one.rows],
        }
        for one in sections
    ]


def _told(value: Value) -> str | int | bool | None:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
