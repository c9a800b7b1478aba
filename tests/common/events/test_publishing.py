"""What is told, and when: only what was committed, in the order of the changes."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from services.common.db import Scope
from services.common.events import Event, publish
from tests.support.stream_pair import FactChanged, Pair, change


def test_an_event_arrives_with_its_school_origin_and_request(pair: Pair, school: uuid.UUID) -> None:
    seen: list[Event] = []
    pair.subscriptions.handler = lambda session, event: seen.append(event)
    fact = uuid.uuid4()
    with pair.source.transaction(Scope(school_id=school, origin="import", request_id="abc")) as session:
        publish(session, FactChanged(fact, 1))
    pair.deliver()
    [event] = seen
    assert (event.school_id, event.origin, event.request_id, event.seq) == (school, "import", "abc", 1)
    assert event.data == {"fact_id": str(fact), "version": 1, "kind": "good"}
    assert event.key == f"fact:{fact}"


def test_what_is_rolled_back_is_never_told(pair: Pair, school: uuid.UUID) -> None:
    kept, lost = uuid.uuid4(), uuid.uuid4()
    with pair.source.transaction(Scope(school_id=school)) as session:
        change(session, school, kept)
        with pytest.raises(RuntimeError), session.begin_nested():
            change(session, school, lost)
            raise RuntimeError
        change(session, school, kept)
    with pytest.raises(RuntimeError), pair.source.transaction(Scope(school_id=school)) as session:
        change(session, school, lost)
        raise RuntimeError
    pair.deliver()
    assert pair.applied() == [(kept, 1), (kept, 2)]


def test_two_writers_of_one_row_are_told_in_the_order_of_their_changes(pair: Pair, school: uuid.UUID) -> None:
    """The second publishes before it gets the row's lock; its event must still come second."""
    fact = uuid.uuid4()
    pair.change(school, fact)
    update = sa.text("UPDATE fact SET version = version + 1 WHERE id = :id RETURNING version")
    with pair.source.transaction(Scope(school_id=school)) as first:
        version = first.execute(update, {"id": fact}).scalar_one()
        with pair.source.transaction(Scope(school_id=school)) as second:
            publish(second, FactChanged(fact, version + 1))
            publish(first, FactChanged(fact, version))
            first.commit()
            second.execute(update, {"id": fact})
    pair.deliver()
    assert [version for _, version in pair.applied()] == [1, 2, 3]


def test_outside_a_school_nothing_can_be_published(pair: Pair) -> None:
    with pytest.raises(ValueError, match="outside a school"), pair.source.transaction(Scope()) as session:
        publish(session, FactChanged(uuid.uuid4(), 1))
