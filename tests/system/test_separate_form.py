"""The separate form: what of it stands still holds up only what rests on it, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import psycopg
import pytest

from tests.support.backups import Backup
from tests.support.databases import named
from tests.support.running import HTTP, World, make_world, until
from tests.support.separate import Separate, separate_form

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.enable_socket,
]

SILENT_SECONDS = 20
CHILD = "Белова"


@dataclass
class Family:
    """The suite, a school in it, and a mother who reads the diary."""

    suite: Separate
    world: World
    guardian: str
    marks: int = 0

    def mark(self) -> None:
        """One more mark of the child, in the same cell; it must be taken at once."""
        body = self.world.change(CHILD, "45"[self.marks % 2], base=self.marks or None)
        answer = self.world.front.ask("PATCH", self.world.page, self.world.teacher, body)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["applied"]) == 1, answer.text
        self.marks += 1

    def diary(self) -> httpx2.Response:
        return self.world.front.ask("GET", self.world.diary(CHILD), self.guardian)

    def page(self) -> httpx2.Response:
        return self.world.front.ask("GET", self.world.page, self.world.teacher)

    def mails(self) -> int:
        return len(self.suite.sink.mails(self.world.pupils[CHILD].address))

    def wait_for_mails(self, count: int) -> None:
        self.suite.sink.wait(self.world.pupils[CHILD].address, count)

    def waiting(self) -> list[tuple[str, str]]:
        """State and reason of letters that have not gone."""
        url = named(self.suite.postgres.url(), "zhurnal_notifications")
        with psycopg.connect(url) as connection:
            return connection.execute(
                "SELECT state, reason FROM delivery WHERE state NOT IN ('done', 'replaced', 'not_consented')"
            ).fetchall()

    def all_is_well(self) -> int:
        """Teacher and mother read, and a mark becomes mail; how many the mother has now.

        Here a 503 may come: on a machine that does other things a question may take longer than services wait.
        """
        until(lambda: self.page().status_code == 200, "the teacher reads")
        before = self.mails()
        self.mark()
        self.wait_for_mails(before + 1)
        until(lambda: self.diary().status_code == 200, "the mother reads")
        until(lambda: self.page().status_code == 200, "the teacher is known as of now")
        return before + 1


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    with separate_form(tmp_path_factory.mktemp("separate")) as suite:
        world = make_world(suite.front, suite.create_school(), {CHILD: "given"})
        yield Family(suite, world, world.guardian(CHILD))


def told_to_come_again(answer: httpx2.Response) -> bool:
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def test_the_pages_are_served_by_a_process_of_their_own(family: Family) -> None:
    answer = HTTP.get(f"http://127.0.0.1:{family.suite.ports['web']}/login")
    assert answer.status_code == 200


def test_accounts_silent_for_twenty_seconds(family: Family) -> None:
    """Teachers go on by what was last known of them, families are told to come again, no mail leaves."""
    before = family.all_is_well()
    family.suite.freeze("accounts")
    began = time.monotonic()
    try:
        until(lambda: told_to_come_again(family.diary()), "the mother is told to come again", 30)
        assert family.page().status_code == 200
        family.mark()
        until(lambda: [state for state, _ in family.waiting()] == ["held"], "the letter is held")
        rounds = 0
        while time.monotonic() < began + SILENT_SECONDS or rounds < 3:
            assert told_to_come_again(family.diary())
            assert family.page().status_code == 200
            assert family.mails() == before
            rounds += 1
        assert time.monotonic() < began + 55, "too slow a machine: what was last known is good for a minute"
    finally:
        family.suite.thaw("accounts")
    until(lambda: family.diary().status_code == 200, "the mother reads again")
    family.wait_for_mails(before + 1)
    family.all_is_well()


def test_accounts_gone_and_started_again(family: Family) -> None:
    """As above when the port refuses at once, and the first question comes while nobody listens."""
    before = family.all_is_well()
    family.suite.stop("accounts")
    try:
        until(lambda: told_to_come_again(family.diary()), "the mother is told to come again", 30)
        assert family.page().status_code == 200
        family.mark()
        until(lambda: [state for state, _ in family.waiting()] == ["held"], "the letter is held")
        assert family.mails() == before
    finally:
        family.suite.start("accounts")
    family.suite.wait_until_ready()
    family.wait_for_mails(before + 1)


def test_a_restored_journal_takes_everybody_back_with_it(family: Family) -> None:
    """By processes and by the commands that an operator types: a backup, what it does not know, and the way back."""
    family.all_is_well()
    suite, marks = family.suite, family.marks
    of_journal = ("journal", "journal-worker", "journal-slow-worker", "scheduler")
    backup = Backup(suite.postgres.url(), "zhurnal_journal")
    suite.stop(*of_journal)
    backup.take()
    _start(suite, *of_journal)
    family.all_is_well()
    body = {"kinds": ["staff"], "last_name": "Лишний", "first_name": "Иван"}
    lost = family.world.front.call("POST", "journal/v1/people", family.world.admin, body, 201)["id"]
    until(lambda: _copied(suite, lost) == 1, "accounts hears of it")

    suite.stop(*of_journal)
    backup.restore()
    family.marks = marks
    _start(suite, *of_journal)
    assert suite.command("journal", "restored").startswith("from now on this is ")
    until(lambda: _copied(suite, lost) == 0, "accounts goes back with journal")
    for consumer in ("accounts", "notifications"):
        until(lambda consumer=consumer: _all_same(suite, consumer), f"{consumer} keeps what journal says")
    family.mark()  # what the mother was told before journal forgot it; no letter says it twice
    family.all_is_well()


def _start(suite: Separate, *names: str) -> None:
    for name in names:
        suite.start(name)
    suite.wait_until_ready()


def _copied(suite: Separate, person_id: str) -> int:
    """Rows of a person in accounts."""
    with psycopg.connect(named(suite.postgres.url(), "zhurnal_accounts")) as connection:
        row = connection.execute("SELECT count(*) FROM person WHERE id = %s", [person_id]).fetchone()
    return int(row[0]) if row else 0


def _all_same(suite: Separate, consumer: str) -> bool:
    lines = suite.command(consumer, "compare").splitlines()
    return bool(lines) and all(" same missing=0 differing=0 surplus=0" in line for line in lines)


def test_without_redis_requests_answer_and_events_flow_later(family: Family) -> None:
    before = family.all_is_well()
    family.suite.redis.stop()
    try:
        family.mark()
        until(lambda: family.page().status_code == 200, "the teacher reads")
        until(lambda: family.diary().status_code == 200, "the mother reads")
        assert family.mails() == before
    finally:
        with (family.suite.folder / "servers.log").open("ab") as log:
            family.suite.redis.start(log)
    family.wait_for_mails(before + 1)
    family.all_is_well()


def test_without_postgresql_all_are_told_to_come_again(family: Family) -> None:
    before = family.all_is_well()
    family.suite.postgres.stop()
    try:
        for asked in (family.page, family.diary):
            until(lambda asked=asked: told_to_come_again(asked()), "told to come again")
        assert family.mails() == before
    finally:
        with (family.suite.folder / "servers.log").open("ab") as log:
            family.suite.postgres.start(log)
    until(lambda: family.page().status_code == 200, "the teacher goes on")
    until(lambda: family.diary().status_code == 200, "the mother goes on")
    family.all_is_well()


def test_without_a_relay_letters_wait(family: Family) -> None:
    before = family.all_is_well()
    family.suite.stop("sink")
    try:
        family.mark()
        until(lambda: ("pending", "relay silent") in family.waiting(), "the letter waits for the relay")
        assert family.mails() == before
    finally:
        family.suite.start("sink")
    family.wait_for_mails(before + 1)
