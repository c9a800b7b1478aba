"""A consent taken back while everything runs as processes of its own: the diary closes and queued letters stay."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.support.databases import named
from tests.support.running import World, make_world, until
from tests.support.separate import Separate, separate_form

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.enable_socket,
]

WITHIN = 5.0
"""Seconds from the answer to the withdrawal to the last diary that opens."""
WATCHED = 8.0
"""Seconds for which the diary is asked afterwards."""
NAMES = ("Белова", "Гусева", "Зайцева")
STAYS = "Уткина"
"""A family that takes nothing back: its letters show that letters go."""

Record = Callable[[str, object], None]


@dataclass
class Here:
    """The suite and a school in it."""

    suite: Separate
    world: World
    names: Iterator[str] = field(default_factory=lambda: iter(NAMES))
    lessons: Iterator[int] = field(default_factory=itertools.count)
    tokens: dict[str, str] = field(default_factory=dict)

    def family(self) -> str:
        """The next that still agrees, its mother signed in, known to every process of journal."""
        name = next(self.names)
        self.tokens[name] = self.world.guardian(name)
        until(lambda: self.asked(name) == 200, "the mother reads the diary")
        assert [self.asked(name) for _ in range(20)] == [200] * 20
        return name

    def asked(self, name: str) -> int:
        """The status of the diary, over a connection of its own: any process of journal may answer."""
        answer = self.suite.front.ask("GET", self.world.diary(name), self.tokens[name])
        if answer.status_code == 403:
            assert answer.json()["type"] == "urn:zhurnal:problem:no-consent"
        return answer.status_code

    def withdraws(self, name: str) -> float:
        """The mother takes the diary back; the moment at which that was answered."""
        call, token = self.suite.front.call, self.tokens[name]
        lines = call("GET", "accounts/v1/consents", token)["items"]
        diary = next(line["id"] for line in lines if line["purpose"] == "diary")
        call("POST", f"accounts/v1/consents/{diary}/withdraw", token, {})
        return time.monotonic()

    def closes(self, name: str, withdrawn: float) -> tuple[float, Counter[int]]:
        """Seconds until the last diary that opened, and all answers; none but 200 and 403 may come."""
        last, seen = 0.0, Counter[int]()
        while time.monotonic() < withdrawn + WATCHED:
            asked_at = time.monotonic()
            status = self.asked(name)
            seen[status] += 1
            if status == 200:
                last = asked_at - withdrawn
            time.sleep(0.05)
        assert set(seen) <= {200, 403}, seen
        assert seen[403]
        return last, seen

    def letters(self, name: str) -> list[tuple[str, str]]:
        """State and reason of the letters to this family."""
        url = named(self.suite.postgres.url(), "zhurnal_notifications")
        with psycopg.connect(url) as connection:
            address = self.world.pupils[name].address
            return connection.execute("SELECT state, reason FROM delivery WHERE address = %s", (address,)).fetchall()

    def queue(self, *names: str) -> None:
        """A mark for each of them, whose letter is ready to go and does not: the mail worker stands still."""
        self.suite.freeze("mail-worker")
        for name in names:
            self.world.mark(name, "4")
        for name in names:
            until(
                lambda name=name: [state for state, _ in self.letters(name)] in (["pending"], ["running"]),
                lambda name=name: f"the letter is queued: {self.letters(name)}",
            )

    def mails(self, name: str) -> int:
        return len(self.suite.sink.mails(self.world.pupils[name].address))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    with separate_form(tmp_path_factory.mktemp("withdrawal")) as suite:
        families = dict.fromkeys((*NAMES, STAYS), "given")
        yield Here(suite, make_world(suite.front, suite.create_school(), families))


def test_the_diary_closes_in_every_process_that_had_it_open(here: Here, record_property: Record) -> None:
    """Accounts takes the withdrawal; the processes of journal, each with a cache of its own, had asked before."""
    name = here.family()
    last, seen = here.closes(name, here.withdraws(name))
    record_property("last diary that opened after the withdrawal, seconds", round(last, 2))
    record_property("answers", dict(seen))
    assert last < WITHIN


def test_with_redis_stopped_a_second_before_the_diary_closes_as_well(here: Here, record_property: Record) -> None:
    name = here.family()
    here.suite.redis.stop()
    try:
        time.sleep(1)
        last, seen = here.closes(name, here.withdraws(name))
    finally:
        with (here.suite.folder / "servers.log").open("ab") as log:
            here.suite.redis.start(log)
    record_property("last diary that opened after the withdrawal, Redis stopped, seconds", round(last, 2))
    record_property("answers", dict(seen))
    assert last < WITHIN


def test_letters_that_were_queued_before_do_not_go(here: Here, record_property: Record) -> None:
    name = here.family()
    here.queue(name, STAYS)
    try:
        withdrawn = here.withdraws(name)
    finally:
        here.suite.thaw("mail-worker")
    until(lambda: here.mails(STAYS) == 1, lambda: f"the other family's letter goes: {here.letters(STAYS)}")
    ended = [("not_consented", "diary_withdrawn")]
    until(lambda: here.letters(name) == ended, lambda: f"the letter has ended: {here.letters(name)}")
    record_property("queued letter ended after the withdrawal, seconds", round(time.monotonic() - withdrawn, 2))
    assert here.mails(name) == 0
