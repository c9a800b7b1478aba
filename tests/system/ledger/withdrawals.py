"""Families that take their consent back while everything breaks."""

from __future__ import annotations

import random
import threading

from tests.system.ledger.acts import Act
from tests.system.ledger.families import ClassOfFamilies, Family
from tests.system.ledger.writers import Caller


class Withdrawals:
    """Each in a thread: whom they ask may just be dead."""

    def __init__(self, taught: ClassOfFamilies) -> None:
        self._taught = taught
        self._families = [family for family in taught.families if family.decision == "withdrawn"]
        self._threads = [threading.Thread(target=self._withdraw, args=(family,)) for family in self._families]

    def acts(self, seconds: float, chance: random.Random) -> list[tuple[float, Act]]:
        return [
            (chance.uniform(0.1, 0.9) * seconds, Act(f"withdrawal {number}", thread.start))
            for number, thread in enumerate(self._threads, start=1)
        ]

    def join(self) -> None:
        """Waits for the answers."""
        for thread in self._threads:
            thread.join()
        assert len(self._taught.withdrawn) == len(self._families)

    def _withdraw(self, family: Family) -> None:
        caller = Caller(self._taught.world.front)
        self._taught.withdraw(family, caller.persistently)
        caller.close()
