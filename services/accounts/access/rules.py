"""By when somebody must be let in, and how far that has come. Pure.

The school's yearly plan gives the administrator until 1 September for all, the day of hiring for a new employee, and
24 hours for a new pupil; guardians come with their pupil.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.accounts.credentials.rules import TRIES

SUMMER = (6, 7, 8)
"""Months in which a school prepares its year: whoever is registered then has time until 1 September."""
FAMILY_HOURS = dt.timedelta(hours=24)


class Stage(StrEnum):
    """How far it has come for somebody who cannot sign in."""

    ASKS = "asks"
    """Has been in, forgot the password and asks for a new code."""
    NO_SLIP = "no_slip"
    SLIP = "slip"
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"


@dataclass(frozen=True)
class LastCode:
    """The last code that was made for somebody."""

    expires_at: dt.datetime
    tries: int = 0
    spent: bool = False
    """Used, or revoked without another in its place."""
    handed_at: dt.datetime | None = None


def due_at(kinds: Collection[str], known_since: dt.datetime, zone: str) -> dt.datetime:
    """The moment by which a person of these kinds must have access, in UTC."""
    local = known_since.astimezone(ZoneInfo(zone))
    if local.month in SUMMER:
        due = local.replace(month=9, day=1, hour=0, minute=0, second=0, microsecond=0)
    elif "staff" in kinds:
        due = (local + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    else:
        return (known_since + FAMILY_HOURS).astimezone(dt.UTC)
    return due.astimezone(dt.UTC)


def answer_due(asked_at: dt.datetime) -> dt.datetime:
    """By when somebody who asks for a new code should have it: in the time in which a family is let in."""
    return asked_at + FAMILY_HOURS


def stage_of(code: LastCode | None, now: dt.datetime) -> Stage:
    """How far it has come with whom it was made for."""
    if code is None or code.spent:
        return Stage.NO_SLIP
    if code.expires_at <= now or code.tries >= TRIES:
        return Stage.EXPIRED
    return Stage.HANDED_OVER if code.handed_at is not None else Stage.SLIP
