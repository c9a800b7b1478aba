"""Another epoch: the state is read, and followed from there."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from services.common.db import Scope
from services.common.events.stream import (
    Batch,
    delete_acknowledged,
)
from tests.support.stream_pair import Pair


def test_a_new_epoch_is_rebuilt_from_the_state_and_followed_from_there(pair: Pair, school: uuid.UUID) -> None:
    other = pair.school()
    facts = [(place, uuid.uuid4()) for place in (school, other) for _ in range(5)]
    for place, fact in facts:
        pair.change(place, fact)
    pair.deliver()
    applied = len(pair.applied())
    with pair.source.transaction(Scope()) as session:
        session.execute(sa.text("UPDATE stream SET generation = generation + 1"))
    unseen = uuid.uuid4()
    with pair.source.transaction(Scope(school_id=school)) as session:
        session.execute(sa.text("INSERT INTO fact VALUES (:s, :f, 7)"), {"s": school, "f": unseen})
    pair.deliver()
    assert pair.asked, "the state was read"
    assert pair.copies() == pair.facts()
    for place, fact in facts:
        pair.change(place, fact)
    pair.deliver()
    assert pair.copies() == pair.facts()
    assert len(pair.applied()) == applied + len(facts)


def test_a_restore_that_nobody_declared_is_noticed(pair: Pair, school: uuid.UUID) -> None:
    facts = [uuid.uuid4() for _ in range(4)]
    for fact in facts:
        pair.change(school, fact)
    pair.deliver()
    epoch = pair.cursor().epoch
    # As from a backup taken before the last two.
    with pair.source.transaction(Scope(school_id=school)) as session:
        session.execute(sa.text("DELETE FROM outbox WHERE seq > 2"))
        session.execute(sa.text("UPDATE stream SET last_seq = 2"))
        session.execute(sa.text("UPDATE consumer SET acked = 2, sent = NULL"))
    pair.pass_time()
    pair.deliver()
    pair.change(school, facts[0])
    pair.deliver()
    assert pair.copies() == pair.facts()
    assert pair.cursor().epoch != epoch


def test_a_new_consumer_of_an_old_stream_reads_the_state(pair: Pair, school: uuid.UUID) -> None:
    for _ in range(5):
        pair.change(school, uuid.uuid4())
    pair.relay()
    with pair.source.transaction(Scope()) as session:
        session.execute(sa.text("UPDATE consumer SET acked = 3"))
        session.execute(sa.text("UPDATE outbox SET occurred_at = now() - interval '31 days'"))
    delete_acknowledged(pair.source, "source")
    with pair.source.transaction(Scope()) as session:
        assert session.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one() == 2
        session.execute(sa.text("UPDATE consumer SET epoch = '', acked = 0, sent = NULL"))
    pair.queue.clear()
    pair.deliver()
    assert pair.asked
    assert pair.copies() == pair.facts()
    pair.change(school, uuid.uuid4())
    pair.deliver()
    assert pair.copies() == pair.facts()


def test_one_process_rebuilds_while_the_others_keep_still(pair: Pair, school: uuid.UUID) -> None:
    pair.change(school, uuid.uuid4())
    pair.deliver()
    pair.pass_time()
    pair.relay()
    batch = pair.queue.pop()
    assert isinstance(batch, Batch)
    elsewhere = replace(batch, epoch="another")
    asked: list[Any] = []

    def ask_once_more(source: str, kind: str, cursor: str | None, school_id: uuid.UUID | None = None) -> Any:
        pair.ask = original  # type: ignore[method-assign]
        asked.append(pair.take_in(elsewhere))
        return original(source, kind, cursor, school_id)

    original = pair.ask
    pair.ask = ask_once_more  # type: ignore[method-assign]
    assert pair.take_in(elsewhere) is not None
    assert asked == [None]
