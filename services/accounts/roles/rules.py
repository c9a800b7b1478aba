"""Which roles there are and when one is held."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class RoleKind(StrEnum):
    DIRECTOR = "director"
    DEPUTY = "deputy"
    ADMINISTRATOR = "administrator"
    SECRETARY = "secretary"
    MEDIC = "medic"


class Direction(StrEnum):
    """What a deputy watches over in the keeping of journals: the eight checks of row 3.6 of a school's yearly plan,
    and corrections (row 3.7)."""

    LESSONS = "lessons"
    MARKS_TIMELY = "marks_timely"
    MARK_DENSITY = "mark_density"
    ATTENDANCE = "attendance"
    PROGRAMME = "programme"
    HOMEWORK_FILLED = "homework_filled"
    HOMEWORK_FIT = "homework_fit"
    PLAN_FULFILLED = "plan_fulfilled"
    CORRECTIONS = "corrections"


def is_held(from_on: dt.date, to_on: dt.date | None, on: dt.date) -> bool:
    """Whether a role given for `[from_on, to_on)` is held on that day."""
    return from_on <= on and (to_on is None or on < to_on)


def ends_on(from_on: dt.date, to_on: dt.date | None, today: dt.date) -> dt.date:
    """The day from which a role that is ended today is held no more: never later than was settled,
    and a role that has not begun never was."""
    end = max(from_on, today)
    return end if to_on is None else min(end, to_on)
