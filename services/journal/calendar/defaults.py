"""What a new school's year looks like until somebody edits it.

The Ministry of Education recommends a calendar for each year; the days below are its pattern from the year
given in `valid_from` on.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PeriodPattern:
    """A period as (month, day) of its first and last day."""

    kind: str
    ordinal: int
    grade_from: int
    grade_to: int
    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True)
class YearPattern:
    """A school year from `first` to `last`, for years that begin in `valid_from` or later."""

    valid_from: int
    first: tuple[int, int]
    last: tuple[int, int]
    periods: tuple[PeriodPattern, ...]


PATTERNS = (
    YearPattern(
        valid_from=2000,
        first=(9, 1),
        last=(5, 31),
        periods=(
            PeriodPattern("quarter", 1, 1, 9, (9, 1), (10, 25)),
            PeriodPattern("quarter", 2, 1, 9, (11, 3), (12, 29)),
            PeriodPattern("quarter", 3, 1, 9, (1, 11), (3, 26)),
            PeriodPattern("quarter", 4, 1, 9, (4, 4), (5, 31)),
            PeriodPattern("half_year", 1, 10, 11, (9, 1), (12, 29)),
            PeriodPattern("half_year", 2, 10, 11, (1, 11), (5, 31)),
        ),
    ),
)
