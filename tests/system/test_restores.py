"""Databases brought back from backups: whoever follows them ends with what they say now, whatever was told before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.common.db import Scope
from services.common.events.comparing import Outcome
from services.common.events.numbering import declare_restored
from tests.support.backups import Backup
from tests.support.copies import compared, outcomes, populate
from tests.support.databases import Servers
from tests.support.school import School, good, make_school
from tests.support.suite import Suite, build_suite


@pytest.fixture
def own(fresh_databases: dict[str, str], servers: Servers, tmp_path: Path) -> Iterator[Suite]:
    """A suite of one test's own: its databases are brought back to earlier states."""
    suite = build_suite(fresh_databases, servers.redis, tmp_path)
    yield suite
    suite.close()


@dataclass(frozen=True)
class _Kept:
    """A service's database as it was, and the way back to it."""

    suite: Suite
    backup: Backup

    @classmethod
    def of(cls, suite: Suite, service: str, servers: Servers) -> _Kept:
        name = str(suite.services[service].database.engine.url.database)
        made = cls(suite, Backup(servers.postgres, name, "test"))
        made._let_go()
        made.backup.take()
        return made

    def restore(self, in_its_place: bool = False) -> None:
        self._let_go()
        self.backup.restore(in_its_place)

    def _let_go(self) -> None:
        for service in self.suite.services.values():
            service.close()


def _minutes_pass(suite: Suite) -> None:
    """Everybody who follows somebody is asked where it stands."""
    for service in suite.services.values():
        with service.database.transaction(Scope()) as session:
            session.execute(sa.text("UPDATE consumer SET next_at = '-infinity', asked_at = '-infinity'"))
    suite.deliver()


def _rename(school: School, person: str, last_name: str) -> None:
    journal = school.journal()
    tag = journal.get(f"/people/{person}").headers["ETag"]
    good(journal.patch(f"/people/{person}", {"last_name": last_name}, headers={"If-Match": tag}))


@pytest.mark.parametrize(
    ("in_its_place", "told"),
    [(False, False), (True, True), (True, False)],
    ids=["a dump read in", "a copied data directory, told", "a copied data directory, not told"],
)
def test_who_follows_a_restored_journal_goes_back_with_it(
    own: Suite, servers: Servers, in_its_place: bool, told: bool
) -> None:
    school = make_school(own)
    populate(school)
    pupil = school.person(["student"], "Орлова", "Мария")
    own.deliver()
    backup = _Kept.of(own, "journal", servers)

    lost = school.person(["guardian"], "Лишняя", "Анна", email="lost@example.org")
    link = {"guardian_id": lost, "student_id": pupil, "relation": "мать", "from": "2026-09-01"}
    good(school.journal().post("/guardianships", link), 201)
    for name in ("Соколова", "Лебедева"):
        _rename(school, pupil, name)
    own.deliver()
    assert outcomes(own, school.id) == {Outcome.SAME}

    backup.restore(in_its_place)
    if told:
        declare_restored(own.services["journal"].database, "journal")
    _minutes_pass(own)
    assert outcomes(own, school.id) == {Outcome.SAME}, "nothing is left for the night to mend"
    _rename(school, pupil, "Зайцева")
    own.deliver()
    assert outcomes(own, school.id) == {Outcome.SAME}, "the same version, another content"
    assert good(school.journal().get(f"/people/{pupil}"))["last_name"] == "Зайцева"


def test_two_restores_of_one_backup_are_two_epochs(own: Suite, servers: Servers) -> None:
    school = make_school(own)
    backup = _Kept.of(own, "journal", servers)
    epochs = set()
    for _ in range(2):
        backup.restore(in_its_place=True)
        epochs.add(declare_restored(own.services["journal"].database, "journal"))
        school.person(["staff"], "Новая", "Анна")
        _minutes_pass(own)
        assert outcomes(own, school.id) == {Outcome.SAME}
        time.sleep(1.1)  # epochs are told apart by the second
    assert len(epochs) == 2


@pytest.mark.parametrize("consumer", ["accounts", "notifications"])
def test_a_restored_consumer_catches_up_with_journal(own: Suite, servers: Servers, consumer: str) -> None:
    school = make_school(own)
    populate(school)
    backup = _Kept.of(own, consumer, servers)
    pupil = school.person(["student"], "Орлова", "Мария")
    _rename(school, pupil, "Соколова")
    own.deliver()
    backup.restore()
    assert compared(own, consumer, school.id)["journal.person"][0] is Outcome.UNSETTLED
    _minutes_pass(own)
    assert outcomes(own, school.id) == {Outcome.SAME}


def test_a_school_that_accounts_lost_is_left_to_people(own: Suite, servers: Servers) -> None:
    kept = make_school(own)
    backup = _Kept.of(own, "accounts", servers)
    lost = make_school(own)
    backup.restore()
    _minutes_pass(own)
    assert outcomes(own, kept.id) == {Outcome.SAME}
    for consumer in ("journal", "notifications", "reports"):
        assert compared(own, consumer, lost.id)["accounts.school"] == (Outcome.BROKEN, 1)
