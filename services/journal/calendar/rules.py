"""Which year and which period a day belongs to. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol, TypeVar

from services.journal.calendar.defaults import PATTERNS, YearPattern

FIRST_MONTH_OF_THE_COMING_YEAR = 7


class Days(Protocol):
    """Something that lasts from one day to another, both included."""

    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date: ...


D = TypeVar("D", bound=Days)


def year_that_holds(day: dt.date) -> int:
    """The calendar year in which the school year of `day` begins; from 1 July on it is the coming one."""
    return day.year if day.month >= FIRST_MONTH_OF_THE_COMING_YEAR else day.year - 1


def pattern_for(first_year: int) -> YearPattern:
    """The pattern that holds for a school year that begins in `first_year`."""
    return max((p for p in PATTERNS if p.valid_from <= first_year), key=lambda p: p.valid_from)


def day_in(first_year: int, month_and_day: tuple[int, int]) -> dt.date:
    """The day within the school year that begins in `first_year`."""
    month, day = month_and_day
    return dt.date(first_year if month >= FIRST_MONTH_OF_THE_COMING_YEAR else first_year + 1, month, day)


def current(periods: Sequence[D], day: dt.date) -> D | None:
    """The period that `day` lies in; in holidays the one that ended last; before the first, the first."""
    ordered = sorted(periods, key=lambda period: period.starts_on)
    begun = [period for period in ordered if period.starts_on <= day]
    return begun[-1] if begun else (ordered[0] if ordered else None)


def holding(periods: Sequence[D], day: dt.date) -> D | None:
    """The period whose days hold `day`; None in holidays."""
    return next((period for period in periods if period.starts_on <= day <= period.ends_on), None)
