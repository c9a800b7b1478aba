"""Days of lessons, picked by weekday. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

MOST_DAYS = 120


def lesson_days(first: date, last: date, weekdays: Collection[int]) -> list[date]:
    """The days of these weekdays (Monday is 0) from `first` to `last`, both included."""
    length = (last - first).days
    days = (first + timedelta(days=offset) for offset in range(length + 1))
    return [day for day in days if day.weekday() in weekdays]
