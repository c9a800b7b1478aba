"""Relays as they are on bad days: one that says nothing, one that takes its time."""

from __future__ import annotations

import asyncio
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.support.running import until
from tests.support.separate import Separate, separate_form
from tests.system.ledger.books import AFTER_WITHDRAWAL, Books, SeparateSource
from tests.system.ledger.families import ClassOfFamilies, make_families
from tests.system.ledger.writers import NumberedMark, Writers, numbered_marks

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.enable_socket]

MARKS = 250
RATE = 10.0
EVENTS = """
SELECT data ->> 'mark_id', occurred_at FROM outbox
WHERE school_id = '{school}' AND type = 'journal.mark.set.v1'
"""
HEARD = """
SELECT CAST(m.cause_id AS text), min(d.created_at) FROM delivery d
JOIN message m ON m.school_id = d.school_id AND m.id = d.message_id
WHERE m.school_id = '{school}' GROUP BY 1
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Separate]:
    with separate_form(tmp_path_factory.mktemp("relay")) as made:
        yield made


@pytest.fixture
def taught(suite: Separate) -> ClassOfFamilies:
    return make_families(suite.front, suite.create_school(), MARKS)


@contextmanager
def _instead_of_the_sink(suite: Separate) -> Iterator[int]:
    """The port of the relay, free meanwhile."""
    suite.stop("sink")
    try:
        yield suite.smtp_port
    finally:
        suite.start("sink")


@contextmanager
def _silent_relay(suite: Separate) -> Iterator[None]:
    """It takes connections and says nothing, not even who it is."""
    with _instead_of_the_sink(suite) as port, socket.create_server(("127.0.0.1", port)) as listening:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in taken:
                connection.close()


class _SlowRelay:
    """A second for each letter; notes when it said that it has it."""

    SECONDS = 1.0

    def __init__(self) -> None:
        self.letters: list[tuple[str, float]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.SECONDS)
        self.letters += [(address, time.time()) for address in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def _slow_relay(suite: Separate) -> Iterator[_SlowRelay]:
    relay = _SlowRelay()
    with _instead_of_the_sink(suite) as port:
        controller = Controller(relay, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield relay
        finally:
            controller.stop()


def _write(taught: ClassOfFamilies, marks: list[NumberedMark], rate: float = RATE) -> None:
    writers = Writers(taught, marks, rate)
    writers.start()
    writers.join()
    assert writers.errors == []


def _heard_after(books: Books, since: int = 0) -> list[float]:
    """Seconds from the commit of a mark to the commit of its messages, of all marks but the first `since`."""
    heard = dict(books.rows("notifications", HEARD))
    rows = sorted(books.rows("journal", EVENTS), key=lambda row: row[1])[since:]
    return [(heard[mark] - at).total_seconds() for mark, at in rows if mark in heard]


def test_a_relay_that_says_nothing_holds_up_letters_and_no_event(
    suite: Separate, taught: ClassOfFamilies, record_property: Callable[[str, object], None]
) -> None:
    marks = numbered_marks(taught, MARKS, random.Random(1))
    books = Books(SeparateSource(suite), taught)
    _write(taught, marks[:50])
    well = statistics.quantiles(_heard_after(books), n=20)[-1]
    with _silent_relay(suite):
        _write(taught, marks[50:])
        until(lambda: books.told_of() == MARKS, "all marks are heard of")
        silent = statistics.quantiles(_heard_after(books, 50), n=20)[-1]
        assert ("pending", "relay silent") in {(state, reason) for state, reason, _ in books.waiting()}
    record_property("p95 of events, relay well, seconds", round(well, 3))
    record_property("p95 of events, relay silent, seconds", round(silent, 3))
    assert silent < 3 * well + 0.5
    until(lambda: not books.waiting(), lambda: f"letters wait: {books.waiting()}")


def test_a_withdrawal_while_a_slow_relay_takes_its_letters_ends_them_at_once(
    suite: Separate, taught: ClassOfFamilies, record_property: Callable[[str, object], None]
) -> None:
    leaving, staying = (
        next(family for family in taught.families if family.decision == decision)
        for decision in ("withdrawn", "given")
    )
    chosen = {leaving.student_id, staying.student_id}
    marks = [mark for mark in numbered_marks(taught, MARKS, random.Random(2)) if mark.student_id in chosen]
    assert len(marks) == 20
    with _slow_relay(suite) as relay:
        _write(taught, marks, rate=1000.0)
        until(lambda: len(relay.letters) >= 4, "the first letters are taken")
        taught.withdraw(leaving, suite.front.call)
        withdrawn = taught.withdrawn[leaving.addresses[0]]
        books = Books(SeparateSource(suite), taught)
        until(lambda: not books.waiting(), lambda: f"letters wait: {books.waiting()}")
    late = [moment - withdrawn for address, moment in relay.letters if address == leaving.addresses[0]]
    assert max(late, default=0.0) <= AFTER_WITHDRAWAL
    assert len(late) < 10, "the rest did not go"
    assert sum(address == staying.addresses[0] for address, _ in relay.letters) == 10
    record_property("last letter after the withdrawal, seconds", round(max(late, default=0.0), 1))
