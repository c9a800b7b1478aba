"""The siege itself, of whatever form: marks go in while acts are carried out, and then the books must agree."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from tests.support.running import until
from tests.system.ledger.acts import Act, carry_out
from tests.system.ledger.books import Books, Source
from tests.system.ledger.families import ClassOfFamilies
from tests.system.ledger.withdrawals import Withdrawals
from tests.system.ledger.writers import Writers, numbered_marks

WRITTEN_SECONDS = 600.0
QUIET_SECONDS = 420.0
"""Leases, sweeps and the longest pause after a silence."""


def besiege(
    source: Source,
    taught: ClassOfFamilies,
    marks: int,
    rate: float,
    acts: Sequence[Act],
    chance: random.Random,
    record: Callable[[str, object], None],
    look: Callable[[], None] = lambda: None,
    wait_until_ready: Callable[[], None] = lambda: None,
) -> None:
    """`marks` at `rate` a second; `look` is called again and again and starts what nobody else starts."""

    def wait(true: Callable[[], object], what: Callable[[], str], seconds: float) -> None:
        def looked() -> object:
            look()
            return true()

        until(looked, what, seconds)

    ledger = numbered_marks(taught, marks, chance)
    writers, withdrawals, books = Writers(taught, ledger, rate), Withdrawals(taught), Books(source, taught)
    seconds = marks / rate
    planned = _schedule(acts, seconds, chance) + withdrawals.acts(seconds, chance)
    began = time.monotonic()
    writers.start()
    happened = carry_out(planned, began, look)
    wait(writers.have_ended, lambda: f"{len(writers.acknowledged)} answered", WRITTEN_SECONDS)
    withdrawals.join()
    written = time.monotonic() - began
    assert writers.errors == []
    assert len(writers.acknowledged) == marks
    wait_until_ready()
    wait(lambda: books.told_of() == marks, lambda: f"heard of {books.told_of()} of {marks}", QUIET_SECONDS)
    wait(lambda: not books.waiting(), lambda: f"letters wait: {books.waiting()}", QUIET_SECONDS)
    ids = books.every_acknowledged_mark_is_stored_once(ledger)
    letters = books.every_address_has_one_letter_per_cause(ledger, ids, happened)
    copies = books.every_copy_follows_a_death(happened)
    record("acts", len(happened))
    record("marks", marks)
    record("sent again", writers.retries)
    record("letters", letters)
    record("windows between DATA and 250, and so copies", copies)
    record("seconds until all was answered", round(written))
    record("seconds until all was quiet", round(time.monotonic() - began))


def _schedule(acts: Sequence[Act], seconds: float, chance: random.Random) -> list[tuple[float, Act]]:
    """In random order over the time of writing."""
    chosen = list(acts)
    chance.shuffle(chosen)
    pause = seconds / (len(chosen) + 1)
    return [(pause * (index + 0.5 + chance.random() / 2), act) for index, act in enumerate(chosen)]
