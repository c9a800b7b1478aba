"""Seeded chance, and ids made of it: UUIDv7 like all others. Pure."""

from __future__ import annotations

import datetime as dt
import random
import uuid


def chance(seed: str) -> random.Random:
    """Always the same chance for the same seed; nothing secret is drawn from it."""
    return random.Random(seed)  # noqa: S311


class Ids:
    """Gives the same ids in the same order for the same seed."""

    def __init__(self, seed: str) -> None:
        self._rng = chance(seed)
        self._day = dt.date.min
        self._prefix = 0

    def on(self, day: dt.date) -> uuid.UUID:
        """An id as if the row had been made on that day (RFC 9562, version 7)."""
        if day != self._day:
            noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
            self._day, self._prefix = day, int(noon.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62
        drawn = self._rng.getrandbits(74)
        return uuid.UUID(int=self._prefix | drawn >> 62 << 64 | drawn & (1 << 62) - 1)
