"""A day as somebody types it on a phone, whose keypad of digits may have no dot."""

from __future__ import annotations

import re
from datetime import date

from services.web.forms import a_date

_EARLIEST = 1900


def typed_day(text: str) -> date | None:
    """14.03.2015, 14032015 or 2015-03-14; None for anything else."""
    digits = re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{4})", text.strip())
    found = a_date(".".join(digits.groups()) if digits else text)
    return found if found is not None and found.year >= _EARLIEST else None
