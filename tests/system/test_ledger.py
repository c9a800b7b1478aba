"""Numbered marks over HTTP while everything is killed: all of them stored once, told once, to nobody else."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.running import until
from tests.support.separate import Separate, separate_form
from tests.system.ledger.acts import Act, Acts, carry_out
from tests.system.ledger.books import Books
from tests.system.ledger.families import ClassOfFamilies, Family, make_families
from tests.system.ledger.writers import Caller, Writers, numbered_marks

RATE = 20.0
"""Marks a second: a school of a thousand at its busiest."""
SEED = int(os.environ.get("ZHURNAL_SEED", "1"))
RELAY = "tests.system.ledger.relay.ThinkingMailbox"
WRITTEN_SECONDS = 600.0
QUIET_SECONDS = 420.0
"""Leases, sweeps and the longest pause after a silence."""


def _all_acts(acts: Acts) -> list[Act]:
    """Everything that the promise names, each at least once."""
    killed = ["journal", "accounts", "notifications", "journal-worker", "notifications-worker", "accounts-worker"]
    return [
        *(acts.one_process_of(name) for name in ("journal", "accounts", "notifications", "notifications-worker")),
        *(acts.whole(name) for name in (*killed, "mail-worker", "mail-worker", "scheduler", "sink", "sink")),
        *(acts.frozen(name) for name in ("accounts", "journal", "sink", "mail-worker", "notifications-worker")),
        acts.redis(file_kept=True),
        acts.redis(file_kept=False),
        acts.backend(),
        acts.postmaster(),
        acts.frozen_postgres(),
    ]


def _few_acts(acts: Acts) -> list[Act]:
    """Without the mail worker's death, after which one waits for a lease and a sweep."""
    return [
        acts.one_process_of("journal"),
        acts.whole("notifications-worker"),
        acts.redis(file_kept=False),
        acts.whole("sink"),
        acts.postmaster(),
    ]


def _schedule(chosen: list[Act], seconds: float, chance: random.Random) -> list[tuple[float, Act]]:
    """In random order over the time of writing."""
    chance.shuffle(chosen)
    pause = seconds / (len(chosen) + 1)
    return [(pause * (index + 0.5 + chance.random() / 2), act) for index, act in enumerate(chosen)]


class Withdrawals:
    """Families that take their consent back meanwhile, each in a thread: whom they ask may just be dead."""

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


def _wait(suite: Separate, true: Callable[[], object], what: Callable[[], str], seconds: float) -> None:
    """As `until`, while whoever has ended is started again."""

    def look() -> object:
        suite.start_what_ended()
        return true()

    until(look, what, seconds)


def _besiege(
    folder: Path, marks: int, choose: Callable[[Acts], list[Act]], record: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    with separate_form(folder, durable=True, sink_handler=RELAY) as suite:
        taught = make_families(suite.front, suite.create_school(), marks)
        ledger = numbered_marks(taught, marks, chance)
        writers, withdrawals, books = Writers(taught, ledger, RATE), Withdrawals(taught), Books(suite)
        seconds = marks / RATE
        planned = _schedule(choose(Acts(suite, chance)), seconds, chance) + withdrawals.acts(seconds, chance)
        began = time.monotonic()
        writers.start()
        happened = carry_out(planned, began, suite.start_what_ended)
        _wait(suite, writers.have_ended, lambda: f"{len(writers.acknowledged)} answered", WRITTEN_SECONDS)
        withdrawals.join()
        written = time.monotonic() - began
        assert writers.errors == []
        assert len(writers.acknowledged) == marks
        suite.wait_until_ready()
        _wait(
            suite, lambda: books.told_of() == marks, lambda: f"heard of {books.told_of()} of {marks}", QUIET_SECONDS
        )
        _wait(suite, lambda: not books.waiting(), lambda: f"letters wait: {books.waiting()}", QUIET_SECONDS)
        books.read_letters()
        ids = books.every_acknowledged_mark_is_stored_once(ledger)
        letters = books.every_address_has_one_letter_per_cause(taught, ledger, ids, happened)
        copies = books.every_copy_follows_a_death(happened)
        record("seed", SEED)
        record("acts", len(happened))
        record("marks", marks)
        record("sent again", writers.retries)
        record("letters", letters)
        record("windows between DATA and 250, and so copies", copies)
        record("seconds until all was answered", round(written))
        record("seconds until all was quiet", round(time.monotonic() - began))


@pytest.mark.system
@pytest.mark.timeout(600)
@pytest.mark.enable_socket
def test_three_hundred_marks_in_the_ledger(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    _besiege(tmp_path, 300, _few_acts, record_property)


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.enable_socket
def test_two_thousand_marks_in_the_ledger(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Run it with `ZHURNAL_SEED` for another order of what happens."""
    _besiege(tmp_path, 2000, _all_acts, record_property)
