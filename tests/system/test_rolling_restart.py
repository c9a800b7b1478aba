"""Every process is replaced while people work: nobody is refused, nothing is told twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.running import until
from tests.support.separate import Separate, separate_form
from tests.system.ledger.books import Books, SeparateSource
from tests.system.ledger.families import ClassOfFamilies, make_families
from tests.system.ledger.writers import Writers, numbered_marks

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.enable_socket]

MARKS = 500
RATE = 10.0


class Readers:
    """People who read pages one after another; whoever is refused says so."""

    def __init__(self, suite: Separate, taught: ClassOfFamilies) -> None:
        world = taught.courses[0]
        course = world.page.removeprefix("journal/v1")
        journal, web = (f"http://127.0.0.1:{suite.ports[name]}" for name in ("journal", "web"))
        self._asked = {
            "page": (f"{journal}/api/journal/v1{course}", {"Authorization": f"Bearer {world.teacher}"}),
            "HTML page": (f"{web}/journal/{world.course}", {"Cookie": f"zhurnal={world.teacher}"}),
            "sign-in": (f"{web}/login", {}),
        }
        self.answered = 0
        self.refused: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(what,)) for what in self._asked]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _read(self, what: str) -> None:
        url, headers = self._asked[what]
        with httpx2.Client(timeout=30, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)) as client:
            while not self._stop.is_set():
                try:
                    answer = client.get(url, headers=headers)
                except httpx2.TransportError as error:
                    self.refused.append(f"{what}: {error!r}")
                else:
                    if answer.status_code != 200:
                        self.refused.append(f"{what}: {answer.status_code} {answer.text[:200]}")
                    self.answered += 1
                time.sleep(0.05)


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Separate]:
    with separate_form(tmp_path) as made:
        yield made


def test_no_request_fails_and_no_letter_is_lost_or_doubled(
    suite: Separate, record_property: Callable[[str, object], None]
) -> None:
    taught = make_families(suite.front, suite.create_school(), MARKS)
    for family in taught.families:
        if family.decision == "withdrawn":
            taught.withdraw(family, suite.front.call)
    ledger = numbered_marks(taught, MARKS, random.Random(1))
    writers, books = Writers(taught, ledger, RATE), Books(SeparateSource(suite), taught)
    replaced = [name for name in suite.commands() if name != "sink"]
    with Readers(suite, taught) as readers:
        writers.start()
        for name in replaced:
            suite.replace(name)
        writers.join()
    assert writers.errors == []
    assert (writers.retries, readers.refused) == (0, [])
    until(lambda: books.told_of() == MARKS and not books.waiting(), lambda: f"{books.told_of()} {books.waiting()}")
    ids = books.every_acknowledged_mark_is_stored_once(ledger)
    letters = books.every_address_has_one_letter_per_cause(ledger, ids, [])
    assert books.every_copy_follows_a_death([]) == 0
    record_property("processes replaced", len(replaced))
    record_property("requests", readers.answered + MARKS)
    record_property("letters", letters)
