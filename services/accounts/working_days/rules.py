"""Working days of a five-day week with Russia's public holidays (ТК РФ art. 111, 112).

The government moves days off each year; the library knows the moves that were published before its release. What
came later, or is different here (a region's own day off), the school writes down: `own` says of a day whether it is
worked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import holidays

Own = Mapping[dt.date, bool]
"""Days that the school has decided itself: whether they are worked."""

_RUSSIA = holidays.country_holidays("RU")


@dataclass(frozen=True)
class OddDay:
    """A day that is not what its place in the week says."""

    day: dt.date
    working: bool
    own: bool
    """The school said so, not the calendar."""


def is_working(day: dt.date, own: Own) -> bool:
    """Whether the office works on this day."""
    return own[day] if day in own else _by_calendar(day)


def nth_working_day(after: dt.date, number: int, own: Own) -> dt.date:
    """The last day of a term of so many working days: it begins the day after (ГК РФ art. 191)."""
    day = after
    for _ in range(number):
        day += dt.timedelta(days=1)
        while not is_working(day, own):
            day += dt.timedelta(days=1)
    return day


def working_days_left(today: dt.date, due: dt.date, own: Own) -> int:
    """Working days after today, up to the last one of the term; negative by those that are over."""
    first, last = min(today, due), max(today, due)
    days = (first + dt.timedelta(days=number) for number in range(1, (last - first).days + 1))
    count = sum(is_working(day, own) for day in days)
    return count if due >= today else -count


def odd_days(year: int, own: Own) -> list[OddDay]:
    """Of a year, in order."""
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=number) for number in range((dt.date(year, 12, 31) - first).days + 1)]
    found = [OddDay(day, is_working(day, own), day in own) for day in days]
    return [one for one in found if one.own or one.working == (one.day.weekday() >= 5)]


def _by_calendar(day: dt.date) -> bool:
    return bool(_RUSSIA.is_working_day(day))
