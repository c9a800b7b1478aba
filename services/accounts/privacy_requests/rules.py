"""Terms and outcomes of requests about personal data.

The articles are cited from memory of the law's present text; a school's lawyer should look at them once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from services.accounts.working_days.rules import Own, nth_working_day, working_days_left


class Kind(StrEnum):
    ACCESS = "access"
    """What is stored (art. 14)."""
    CORRECTION = "correction"
    """Something is wrong or incomplete (art. 20 part 3)."""
    RESTRICTION = "restriction"
    """To be blocked while it is in dispute (art. 21 part 1)."""
    ERASURE = "erasure"
    """To be destroyed (art. 21 parts 5 and 5.1)."""


class Outcome(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """Why a school may refuse."""

    KEPT_BY_LAW = "kept_by_law"
    """It must keep the data: results of pupils, 273-ФЗ art. 28; archives, 125-ФЗ."""
    DATA_CORRECT = "data_correct"
    """Documents show that what is stored is right."""
    NO_AUTHORITY = "no_authority"
    """Who asks is neither the subject nor shown to speak for him (art. 14 part 3)."""
    REPEATED = "repeated"
    """Asked again within thirty days (art. 14 parts 4 and 5)."""
    OTHERS_RIGHTS = "others_rights"
    """The answer would violate rights of third persons (art. 14 part 8)."""
    OTHER = "other"


class Urgency(StrEnum):
    CALM = "calm"
    SOON = "soon"
    OVERDUE = "overdue"


TERMS = {Kind.ACCESS: 10, Kind.CORRECTION: 7, Kind.RESTRICTION: 1, Kind.ERASURE: 10}
"""Working days for the answer. A restriction begins with the request, says art. 21 part 1: one day to look at it."""

EXTENSION = 5
"""Working days more, once, with a notice that gives the reason (art. 20 parts 1 and 2, art. 21 part 5.1)."""
MAY_BE_EXTENDED = frozenset({Kind.ACCESS, Kind.ERASURE})

SOON = 2
"""Working days before the end from which the office is reminded in red."""

COPY_DAYS = dt.timedelta(days=30)
"""How long what was gathered stays with the answer; afterwards it would be one more store of personal data."""


def due_on(kind: Kind, received_on: dt.date, own: Own) -> dt.date:
    """The last day for an answer."""
    return nth_working_day(received_on, TERMS[kind], own)


def extended(due: dt.date, own: Own) -> dt.date:
    """The last day after an extension."""
    return nth_working_day(due, EXTENSION, own)


def urgency(today: dt.date, due: dt.date, own: Own) -> Urgency:
    """How near the end of the term is; on its last day it is not over yet."""
    if today > due:
        return Urgency.OVERDUE
    return Urgency.SOON if working_days_left(today, due, own) <= SOON else Urgency.CALM


@dataclass(frozen=True)
class Part:
    """What one service has told."""

    service: str
    as_of: dt.datetime
    sections: Sequence[dict[str, Any]]


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def in_words(value: str | int | bool | None, zone: ZoneInfo) -> str:
    """A value as people read it; moments by the school's clock."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "да" if value else "нет"
    text = str(value)
    if _DAY.fullmatch(text):
        return f"{dt.date.fromisoformat(text):%d.%m.%Y}"
    if _MOMENT.fullmatch(text):
        return f"{dt.datetime.fromisoformat(text).astimezone(zone):%d.%m.%Y %H:%M}"
    return text or "–"
