"""What people are shown of events that a service could not take, and what they may order, by command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

import pytest
import sqlalchemy as sa

from services.common.config import SERVICES
from services.common.db import Scope
from services.common.events.parking import MOST_ATTEMPTS
from services.common.events.tasks import sweep
from tests.support.school import School

HEARD = {
    "accounts": ("journal", "journal.person.changed.v1"),
    "journal": ("accounts", "accounts.school.created.v1"),
    "notifications": ("journal", "journal.mark.set.v1"),
    "reports": ("accounts", "accounts.school.created.v1"),
}
"""Of each service one type of event that it handles, and whose it is."""


@dataclass
class Desk:
    """The command line of a service beside a school of which it could not take two events of one key."""

    school: School
    consumer: str
    source: str
    type: str
    capture: pytest.CaptureFixture[str]

    def command(self, *arguments: str) -> tuple[int, str]:
        """Exit code and what was printed of `python -m services.<consumer>.cli parked …`."""
        service = self.school.suite.services[self.consumer]
        url = service.database.engine.url.render_as_string(hide_password=False)
        main = import_module(f"services.{self.consumer}.cli").main
        self.capture.readouterr()
        code = main(["parked", *arguments], {f"{self.consumer.upper()}_DATABASE_URL": url})
        return code, self.capture.readouterr().out

    def mine(self) -> list[dict[str, str]]:
        """What `parked show` says of this school."""
        code, said = self.command("show")
        assert code == 0
        lines = [dict(part.split("=", 1) for part in line.split(" ", 7)) for line in said.splitlines()]
        return [line for line in lines if line["school"] == str(self.school.id)]

    @property
    def place(self) -> tuple[str, ...]:
        return ("--school", str(self.school.id), "--source", self.source)

    @property
    def key(self) -> str:
        return f"test:{self.school.id}"


@pytest.fixture(params=sorted(HEARD))
def desk(request: pytest.FixtureRequest, school: School, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    source, type_ = HEARD[request.param]
    made = Desk(school, request.param, source, type_, capsys)
    broken = {"school": school.id, "type": type_, "key": made.key, "data": '{"last_name": "Тайная"}'}
    with school.suite.services[source].database.transaction(Scope(school_id=school.id)) as session:
        for _ in range(2):
            session.execute(
                sa.text(
                    "INSERT INTO outbox (school_id, type, key, origin, occurred_at, data)"
                    " VALUES (:school, :type, :key, 'interactive', now(), CAST(:data AS jsonb))"
                ),
                broken,
            )
    school.suite.deliver()
    yield made
    for event in made.mine():
        made.command("skip", *made.place, "--epoch", event["epoch"], "--seq", event["seq"])


def test_every_service_that_hears_is_among_them() -> None:
    assert set(HEARD) == {name for name in SERVICES if import_module(f"services.{name}.subscriptions").SOURCES}


def test_parked_events_are_shown_without_their_content(desk: Desk) -> None:
    first, second = desk.mine()
    assert (first["type"], first["key"], first["attempts"]) == (desk.type, desk.key, "0")
    assert first["error"].startswith("KeyError at ")
    assert second["error"] == "waits for an earlier one"
    assert "Тайная" not in desk.command("show")[1]


def test_a_retry_before_anything_is_mended_changes_nothing(desk: Desk) -> None:
    assert desk.command("retry", *desk.place, "--key", desk.key) == (1, "0 applied\n")
    assert [event["attempts"] for event in desk.mine()] == ["1", "0"]


def test_a_retry_applies_all_of_the_key_once_the_code_is_mended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    handlers = desk.school.suite.subscriptions[desk.consumer].HANDLERS
    monkeypatch.setitem(handlers, desk.type, lambda session, event: seen.append(event.seq))
    assert desk.command("retry", *desk.place, "--key", desk.key) == (0, "2 applied\n")
    assert len(seen) == 2
    assert seen == sorted(seen)
    assert desk.mine() == []


def test_a_skip_gives_up_one_event_and_only_that(desk: Desk) -> None:
    first, second = desk.mine()
    place = (*desk.place, "--epoch", first["epoch"], "--seq", first["seq"])
    assert desk.command("skip", *place) == (0, "skipped\n")
    assert desk.command("skip", *place) == (1, "no such event\n")
    assert [event["seq"] for event in desk.mine()] == [second["seq"]]


def test_the_sweep_gives_up_after_its_attempts_and_says_so(desk: Desk) -> None:
    service = desk.school.suite.services[desk.consumer]
    before = _given_up(desk)
    for _ in range(MOST_ATTEMPTS + 1):
        with service.database.transaction(Scope(school_id=desk.school.id)) as session:
            session.execute(sa.text("UPDATE parked SET next_at = now()"))
        sweep(service, desk.school.suite.subscriptions[desk.consumer])
    assert [event["attempts"] for event in desk.mine()] == [str(MOST_ATTEMPTS), "0"]
    assert _given_up(desk) == before + 1


def _given_up(desk: Desk) -> float:
    """As the metrics say it."""
    page = desk.school.suite.api(desk.consumer).get(f"/internal/{desk.consumer}/metrics").get_data(as_text=True)
    name = f'zhurnal_events_given_up_total{{about="{desk.source}",service="{desk.consumer}"}}'
    return sum(float(line.removeprefix(name)) for line in page.splitlines() if line.startswith(name))
