"""On which days the demonstration school has lessons. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.journal.calendar.rules import day_in, holding, pattern_for, year_that_holds

SUNDAY = 6
AHEAD = dt.timedelta(days=14)
"""So far beyond its day the demonstration has lessons planned."""
FREE_DAYS = frozenset({(11, 4), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12)})
"""Public holidays that fall into a quarter."""


@dataclass(frozen=True)
class Quarter:
    starts_on: dt.date
    ends_on: dt.date


def quarters(first_year: int) -> list[Quarter]:
    """Days of lessons of the school year that begins in `first_year`. Holidays are everybody's: class 10, which
    has half-years, rests when the others do."""
    return [
        Quarter(day_in(first_year, period.first), day_in(first_year, period.last))
        for period in pattern_for(first_year).periods
        if period.kind == "quarter"
    ]


def is_school_day(day: dt.date) -> bool:
    """Whether the school is open: no Sunday, no holidays, no public holiday."""
    if day.weekday() == SUNDAY or (day.month, day.day) in FREE_DAYS:
        return False
    return holding(quarters(year_that_holds(day)), day) is not None


def last_school_day(day: dt.date) -> dt.date:
    """The day itself, or the last one before it on which there were lessons."""
    while not is_school_day(day):
        day -= dt.timedelta(days=1)
    return day


def school_days(day: dt.date) -> Sequence[dt.date]:
    """Days of lessons from the first of September to two weeks beyond `day`, within its school year."""
    year = quarters(year_that_holds(day))
    first, last = year[0].starts_on, min(year[-1].ends_on, day + AHEAD)
    every = (first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
    return [one for one in every if is_school_day(one)]
