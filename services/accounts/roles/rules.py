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


def is_held(from_on: dt.date, to_on: dt.date | None, on: dt.date) -> bool:
    """Whether a role given for `[from_on, to_on)` is held on that day."""
    return from_on <= on and (to_on is None or on < to_on)


def ends_on(from_on: dt.date, to_on: dt.date | None, today: dt.date) -> dt.date:
    """The day from which a role that is ended today is held no more: never later than was settled,
    and a role that has not begun never was."""
    end = max(from_on, today)
    return end if to_on is None else min(end, to_on)
