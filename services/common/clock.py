"""The one place where the present moment comes from."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


NO_PAUSE_IS_SO_LONG = dt.timedelta(hours=1)
"""A lease or a pause that ends later than this from now was begun before the clock was set back: it is over."""


def today_in(zone: str, moment: dt.datetime | None = None) -> dt.date:
    """The calendar day of `moment` (default: now) in the IANA time zone `zone`."""
    return (moment or now()).astimezone(ZoneInfo(zone)).date()
