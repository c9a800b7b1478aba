"""One batch at a time, whatever happens on the way."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Scope
from services.common.events import Event, publish
from services.common.events.stream import (
    MOST_BYTES,
    MOST_EVENTS,
    Acknowledgement,
    Batch,
    acknowledge,
)
from tests.support.stream_pair import FactChanged, Pair, copy_fact


def test_three_schools_in_one_batch_each_keep_to_their_own(pair: Pair) -> None:
    schools = [pair.school() for _ in range(3)]
    facts = {school: uuid.uuid4() for school in schools}
    for _ in range(2):
        for school, fact in facts.items():
            pair.change(school, fact)
    pair.relay()
    [batch] = pair.queue
    assert isinstance(batch, Batch)
    assert len(batch.events) == 6
    pair.deliver()
    for school, fact in facts.items():
        with pair.copy.transaction(Scope(school_id=school)) as session:
            rows = session.execute(sa.text("SELECT fact_id, version FROM applied ORDER BY n")).all()
        assert [tuple(row) for row in rows] == [(fact, 1), (fact, 2)]


def test_handlers_of_three_schools_may_publish_in_turn(pair: Pair) -> None:
    def copy_and_tell(session: orm.Session, event: Event) -> None:
        copy_fact(session, event)
        publish(session, FactChanged(uuid.UUID(event.data["fact_id"]), 1))

    pair.subscriptions.handler = copy_and_tell
    schools = [pair.school() for _ in range(3)]
    for school in schools:
        pair.change(school, uuid.uuid4())
    pair.deliver()
    with pair.copy.transaction(Scope()) as session:
        told = session.execute(sa.text("SELECT school_id FROM outbox ORDER BY id")).scalars().all()
    assert told == schools


def test_one_batch_is_in_flight_and_no_larger_than_agreed(pair: Pair, school: uuid.UUID) -> None:
    with pair.source.transaction(Scope(school_id=school)) as session:
        for number in range(MOST_EVENTS + 50):
            publish(session, FactChanged(uuid.uuid4(), 1, kind="x" * 2000 if number < 10 else "good"))
    pair.relay()
    pair.relay()
    [batch] = pair.queue
    assert isinstance(batch, Batch)
    assert len(batch.events) == MOST_EVENTS
    with pair.source.transaction(Scope(school_id=school)) as session:
        for _ in range(5):
            publish(session, FactChanged(uuid.uuid4(), 1, kind="x" * (MOST_BYTES // 2)))
    pair.queue.clear()
    pair.pass_time()
    sizes: list[int] = []
    pair.relay()
    while pair.queue:
        message = pair.queue[0]
        if isinstance(message, Batch):
            sizes.append(len(message.events))
        pair.step()
    assert sizes == [200, 51, 1, 1, 1, 1] or sum(sizes) == 255
    assert len(pair.applied()) == 255


def test_a_lost_batch_comes_again_and_from_the_third_silence_on_empty(pair: Pair, school: uuid.UUID) -> None:
    fact = uuid.uuid4()
    pair.change(school, fact)
    sizes = []
    for _ in range(6):
        pair.relay()
        sizes.append(len(pair.queue.pop().events))  # type: ignore[union-attr]
        pair.relay()
        assert not pair.queue, "nothing is due before its pause is over"
        pair.pass_time()
    assert sizes == [1, 1, 1, 0, 0, 0]
    pair.deliver()
    assert pair.applied() == [(fact, 1)]


def test_pauses_between_resends_double_up_to_a_minute(pair: Pair, school: uuid.UUID) -> None:
    pair.change(school, uuid.uuid4())
    pauses = []
    for _ in range(8):
        pair.relay()
        with pair.source.transaction(Scope()) as session:
            pauses.append(
                session.execute(
                    sa.text("SELECT round(extract(epoch FROM next_at - asked_at)) FROM consumer")
                ).scalar_one()
            )
        pair.pass_time()
    assert [int(pause) for pause in pauses] == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_clock_that_is_set_back_holds_up_nothing(pair: Pair, school: uuid.UUID) -> None:
    """The pause of a lost batch and the minute of the last question would last as long as the clock went back."""
    pair.change(school, uuid.uuid4())
    pair.relay()
    pair.queue.clear()
    with pair.source.transaction(Scope()) as session:
        session.execute(sa.text("UPDATE consumer SET next_at = now() + interval '5 hours', asked_at = next_at"))
    pair.deliver()
    assert len(pair.applied()) == 1
    with pair.source.transaction(Scope()) as session:
        session.execute(sa.text("UPDATE consumer SET asked_at = now() + interval '5 hours'"))
    pair.relay()
    assert len(pair.queue) == 1, "the minute's question"


def test_doubled_and_late_messages_change_nothing(pair: Pair, school: uuid.UUID) -> None:
    fact = uuid.uuid4()
    pair.change(school, fact)
    pair.relay()
    [old] = pair.queue
    assert isinstance(old, Batch)
    pair.deliver()
    pair.change(school, fact)
    pair.deliver()
    pair.queue.extend([old, old])
    while pair.queue:
        pair.step()
    assert pair.applied() == [(fact, 1), (fact, 2)]


def test_a_repeated_answer_does_not_free_the_batch_under_way(pair: Pair, school: uuid.UUID) -> None:
    pair.change(school, uuid.uuid4())
    pair.relay()
    pair.step()
    [answer] = pair.queue
    assert isinstance(answer, Acknowledgement)
    pair.change(school, uuid.uuid4())
    pair.step()
    assert len(pair.queue) == 1, "the second batch is under way"
    pair.stop_time()
    acknowledge(pair.source, answer, pair.queue.append)
    assert len(pair.queue) == 1


def test_a_consumer_restored_from_an_older_backup_catches_up_without_news(pair: Pair, school: uuid.UUID) -> None:
    facts = [uuid.uuid4() for _ in range(4)]
    for fact in facts:
        pair.change(school, fact)
    pair.deliver()
    with pair.copy.transaction(Scope(school_id=school)) as session:
        session.execute(sa.text("DELETE FROM applied WHERE seq > 2"))
        session.execute(sa.text("UPDATE cursor SET seq = 2"))
    pair.deliver()
    assert len(pair.applied()) == 2, "nothing flows, nobody asks yet"
    pair.pass_time()
    pair.deliver()
    assert pair.applied() == [(fact, 1) for fact in facts]
    assert pair.asked == []
