"""How long a code lives and how often it may be tried."""

from __future__ import annotations

import datetime as dt

VALID = dt.timedelta(days=14)
TRIES = 5
MOST_PEOPLE = 100
TOLD_FOR = dt.timedelta(days=14)
"""How long those whom it concerns are told that a slip was used."""
