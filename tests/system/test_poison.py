"""Events that cannot be taken, through real workers; the commands by which people decide are in `test_parked.py`."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from services.common.celery import create_celery, send
from services.common.db import Scope
from services.common.events.parking import MOST_ATTEMPTS
from services.common.events.receiving import MOST_TRIES
from tests.support.processes import PATIENCE, Processes
from tests.support.stream_pair import Pair

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


@pytest.fixture
def told() -> dict[str, str]:
    return {"SIEGE_UNDISTURBED": "1"}


def _until(true: Callable[[], object], what: Callable[[], object]) -> float:
    """Seconds until it is true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() < began + PATIENCE, what()
        time.sleep(0.1)
    return time.monotonic() - began


def _flow(pair: Pair, school: uuid.UUID, number: int) -> list[tuple[uuid.UUID, int]]:
    """So many facts that nothing is wrong with, told."""
    facts = [uuid.uuid4() for _ in range(number)]
    for fact in facts:
        pair.change(school, fact)
    return [(fact, 1) for fact in facts]


def test_poison_steps_aside_and_an_alarm_sounds_after_the_last_attempt(
    pair: Pair, own_redis: str, processes: Processes
) -> None:
    school, bad = pair.school(), uuid.uuid4()
    expected = _flow(pair, school, 3)
    pair.change(school, bad, "poison")
    pair.change(school, bad)
    expected += _flow(pair, school, 3)
    _until(lambda: len(pair.applied()) == 6, pair.applied)
    assert pair.applied() == expected
    assert pair.parked() == 2

    celery = create_celery("test", own_redis, ["copy"])

    def sweep() -> None:
        with pair.copy.transaction(Scope(school_id=school)) as session:
            session.execute(sa.text("UPDATE parked SET next_at = now()"))
        send(celery, "copy.sweep", "copy")

    for attempt in range(1, MOST_ATTEMPTS + 1):
        sweep()
        _until(lambda attempt=attempt: _attempts(pair) == [0, attempt], lambda: _attempts(pair))
    alarms = [line for line in processes.logged() if line.get("event") == "event.parked.alarm"]
    assert [(line["consumer"], line["source"], line["type"]) for line in alarms] == [
        ("copy", "source", "source.fact.changed.v1")
    ]
    assert "cannot be taken" not in json.dumps(alarms)
    assert _tallies(pair) == {"events_parked": 2, "events_given_up": 1}

    sweep()
    last = _flow(pair, school, 1)
    _until(lambda: len(pair.applied()) == 7, pair.applied)
    assert pair.applied() == expected + last
    assert _attempts(pair) == [0, MOST_ATTEMPTS], "from now on people decide"
    celery.close()


def test_a_killer_is_parked_within_its_tries_while_the_others_flow(pair: Pair, processes: Processes) -> None:
    school, other, killer = pair.school(), pair.school(), uuid.uuid4()
    before = _flow(pair, other, 20)
    pair.change(school, killer, "killer")
    behind = _flow(pair, school, 20)
    _until(lambda: pair.parked() == 1, lambda: (pair.cursor(), processes.notes("died")))
    _until(lambda: len(pair.applied()) == 40, lambda: len(pair.applied()))
    assert 1 < processes.notes("died") <= MOST_TRIES + 1
    assert set(pair.applied()) == {*before, *behind}
    assert [row.error for row in pair.rows(pair.copy, "SELECT error FROM parked")] == ["killed its worker"]
    after = _flow(pair, school, 5)
    assert _until(lambda: set(after) <= set(pair.applied()), pair.applied) < 30, "the workers are as they were"


def _attempts(pair: Pair) -> list[int]:
    return sorted(row.attempts for row in pair.rows(pair.copy, "SELECT attempts FROM parked"))


def _tallies(pair: Pair) -> dict[str, int]:
    with pair.copy.transaction(Scope()) as session:
        return {row.name: row.total for row in session.execute(sa.text("SELECT name, total FROM tally"))}
