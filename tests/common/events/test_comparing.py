"""The nightly comparison: drift is found and mended, what is under way is none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Scope
from services.common.events.comparing import Comparison, Outcome
from services.common.identity import ServiceSilentError
from tests.support.stream_pair import Pair, copy_state

DELETED = "DELETE FROM copied WHERE id = :fact"
CHANGED = "UPDATE copied SET version = version - 1 WHERE id = :fact"
AHEAD = "UPDATE copied SET version = version + 7 WHERE id = :fact"
ADDED = "INSERT INTO copied VALUES (:school, gen_random_uuid(), 1)"
SWAPPED = (
    "UPDATE copied SET version = CASE WHEN id = :fact THEN version - 1 ELSE version + 1 END"
    " WHERE id IN (:fact, (SELECT id FROM copied WHERE id <> :fact ORDER BY id LIMIT 1))"
)


def _filled(pair: Pair, school: uuid.UUID) -> uuid.UUID:
    """A school whose copy follows it: five facts, two versions each; one of them."""
    facts = [uuid.uuid4() for _ in range(5)]
    for fact in facts * 2:
        pair.change(school, fact)
    pair.deliver()
    return facts[0]


def _disturb(pair: Pair, school: uuid.UUID, statement: str, fact: uuid.UUID) -> None:
    parameters = {name: value for name, value in {"fact": fact, "school": school}.items() if f":{name}" in statement}
    with pair.copy.transaction(Scope(school_id=school)) as session:
        session.execute(sa.text(statement), parameters)


def _tallies(pair: Pair) -> dict[str, int]:
    with pair.copy.transaction(Scope()) as session:
        rows = session.execute(sa.text("SELECT name, about, total FROM tally")).all()
    return {f"{row.name} {row.about}": row.total for row in rows}


@pytest.mark.parametrize(
    ("statement", "missing", "differing", "surplus"),
    [
        pytest.param(DELETED, 1, 0, 0, id="a row is gone"),
        pytest.param(CHANGED, 0, 1, 0, id="a row is behind"),
        pytest.param(AHEAD, 0, 1, 0, id="a row is ahead"),
        pytest.param(ADDED, 0, 0, 1, id="a row nobody told of"),
        pytest.param(SWAPPED, 0, 2, 0, id="two rows that make up for each other in a sum"),
    ],
)
def test_drift_is_found_mended_and_counted(
    pair: Pair, school: uuid.UUID, statement: str, missing: int, differing: int, surplus: int
) -> None:
    fact = _filled(pair, school)
    cursor = pair.cursor()
    _disturb(pair, school, statement, fact)
    assert pair.copies() != pair.facts()
    assert pair.compare(school) == Comparison("source", "fact", Outcome.MENDED, missing, differing, surplus)
    assert pair.copies() == pair.facts()
    assert pair.cursor() == cursor, "nothing was followed meanwhile"
    assert _tallies(pair) == {"drift_rows source.fact": missing + differing + surplus}
    assert pair.compare(school).outcome is Outcome.SAME
    pair.change(school, fact)
    pair.deliver()
    assert pair.copies() == pair.facts(), "events go on from what was mended"


def test_where_nothing_differs_nothing_is_read_or_written(pair: Pair, school: uuid.UUID) -> None:
    _filled(pair, school)
    taken: list[int] = []
    pair.subscriptions.state = lambda session, rows: taken.append(len(rows))
    before = _written(pair)
    assert pair.compare(school).outcome is Outcome.SAME
    assert _written(pair) == before
    assert (pair.asked, taken, _tallies(pair)) == ([], [], {})


def _written(pair: Pair) -> list[Any]:
    """Every row of the copy with the transactions that wrote and locked it."""
    select = "SELECT CAST(xmin AS text), CAST(xmax AS text) FROM"
    with pair.copy.transaction(Scope()) as session:
        cursor = session.execute(sa.text(f"{select} cursor")).all()
    return [*cursor, *pair.rows(pair.copy, f"{select} copied ORDER BY id")]


def test_the_other_schools_are_left_alone(pair: Pair, school: uuid.UUID) -> None:
    other = pair.school()
    here, there = _filled(pair, school), _filled(pair, other)
    _disturb(pair, school, DELETED, here)
    _disturb(pair, other, DELETED, there)
    assert pair.compare(school).outcome is Outcome.MENDED
    assert there not in pair.copies()
    assert pair.compare(other).outcome is Outcome.MENDED
    assert pair.copies() == pair.facts()


def test_events_under_way_are_no_drift(pair: Pair, school: uuid.UUID) -> None:
    fact = _filled(pair, school)
    pair.change(school, fact)
    assert pair.compare(school).outcome is Outcome.UNSETTLED, "committed, not numbered"
    pair.relay()
    assert pair.compare(school).outcome is Outcome.UNSETTLED, "numbered, not applied"
    pair.deliver()
    assert pair.compare(school).outcome is Outcome.SAME
    assert pair.asked == []


def _during(call: Callable[..., Any], act: Callable[[], object]) -> Callable[..., Any]:
    def called(*arguments: Any) -> Any:
        answer = call(*arguments)
        act()
        return answer

    return called


def test_what_happens_while_digests_are_compared_is_no_drift(
    pair: Pair, school: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = _filled(pair, school)

    def happens() -> None:
        pair.change(school, fact)
        pair.deliver()

    monkeypatch.setattr(pair, "ask_digest", _during(pair.ask_digest, happens))
    assert pair.compare(school).outcome is Outcome.UNSETTLED
    assert _tallies(pair) == {}


def test_what_happens_while_the_state_is_read_is_not_overwritten(
    pair: Pair, school: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says version 2, the event of version 3 comes before the copy is mended."""
    fact = _filled(pair, school)
    _disturb(pair, school, DELETED, fact)

    def happens() -> None:
        pair.change(school, fact)
        pair.deliver()

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(pair, "ask", _during(pair.ask, happens))
        assert pair.compare(school).outcome is Outcome.UNSETTLED
    assert pair.copies() == pair.facts()
    assert pair.compare(school).outcome is Outcome.SAME


def test_a_new_epoch_is_for_the_rebuilding_not_for_the_comparison(pair: Pair, school: uuid.UUID) -> None:
    fact = _filled(pair, school)
    with pair.source.transaction(Scope()) as session:
        session.execute(sa.text("UPDATE stream SET generation = generation + 1"))
    _disturb(pair, school, DELETED, fact)
    assert pair.compare(school).outcome is Outcome.UNSETTLED
    pair.deliver()
    assert pair.compare(school).outcome is Outcome.SAME


def test_a_source_that_is_silent_is_asked_later(
    pair: Pair, school: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = _filled(pair, school)
    _disturb(pair, school, DELETED, fact)

    def silent(*_: Any) -> Any:
        raise ServiceSilentError("source")

    for question in ("ask_digest", "ask"):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(pair, question, silent)
            assert pair.compare(school).outcome is Outcome.SILENT
    assert fact not in pair.copies()
    assert pair.compare(school).outcome is Outcome.MENDED


def test_rows_that_cannot_be_taken_are_told_and_leave_the_copy_as_it_is(pair: Pair, school: uuid.UUID) -> None:
    fact = _filled(pair, school)
    _disturb(pair, school, DELETED, fact)
    before = pair.copies()

    def refuse(session: orm.Session, rows: Sequence[Mapping[str, Any]]) -> None:
        copy_state(session, rows)
        raise ValueError("cannot be taken")

    pair.subscriptions.state = refuse
    assert pair.compare(school).outcome is Outcome.BROKEN
    assert pair.copies() == before
    assert _tallies(pair) == {"drift_not_mended source.fact": 1}


def test_a_copy_that_does_not_become_equal_is_told_each_night(pair: Pair, school: uuid.UUID) -> None:
    fact = _filled(pair, school)
    _disturb(pair, school, DELETED, fact)
    pair.subscriptions.state = lambda session, rows: None
    for _ in range(2):
        assert pair.compare(school).outcome is Outcome.BROKEN
    assert _tallies(pair) == {"drift_not_mended source.fact": 2, "drift_rows source.fact": 2}


def test_a_parked_event_is_made_up_for_and_its_retry_undoes_nothing(pair: Pair, school: uuid.UUID) -> None:
    fact = _filled(pair, school)
    pair.change(school, fact, "poison")
    pair.deliver()
    assert pair.copies() != pair.facts()
    assert pair.compare(school).outcome is Outcome.MENDED
    assert pair.copies() == pair.facts()
    assert pair.parked() == 1, "what it would have done besides is still for people to decide"
