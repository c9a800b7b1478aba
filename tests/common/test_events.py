"""The event stream: what a consumer may rely on, whatever happens on the way."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Scope
from services.common.events import Event, publish
from services.common.events.parking import parked_events, retry_key, skip_event, sweep_parked
from services.common.events.stream import (
    MOST_BYTES,
    MOST_EVENTS,
    Acknowledgement,
    Batch,
    acknowledge,
    delete_acknowledged,
    relay,
)
from tests.common.stream_pair import FactChanged, Pair, Writers, change, copy_fact, make_pair
from tests.support.databases import Servers


@pytest.fixture
def pair(servers: Servers) -> Iterator[Pair]:
    made = make_pair(servers.postgres)
    yield made
    made.dispose()


@pytest.fixture
def school(pair: Pair) -> uuid.UUID:
    return pair.school()


# --- publishing ----------------------------------------------------------------------------------------


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


# --- batches -------------------------------------------------------------------------------------------


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


# --- epochs and rebuilding -----------------------------------------------------------------------------


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
    assert pair.cursor().epoch.endswith(":2")


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

    def ask_once_more(source: str, kind: str, cursor: str | None) -> Any:
        pair.ask = original  # type: ignore[method-assign]
        asked.append(pair.take_in(elsewhere))
        return original(source, kind, cursor)

    original = pair.ask
    pair.ask = ask_once_more  # type: ignore[method-assign]
    assert pair.take_in(elsewhere) is not None
    assert asked == [None]


# --- poison --------------------------------------------------------------------------------------------


def test_poison_parks_its_key_at_once_and_the_rest_flows(pair: Pair, school: uuid.UUID) -> None:
    bad, good = uuid.uuid4(), uuid.uuid4()
    pair.change(school, bad)
    pair.change(school, bad, "poison")
    pair.change(school, good)
    pair.change(school, bad)
    pair.deliver()
    pair.change(school, bad)
    pair.change(school, good)
    pair.deliver()
    assert pair.applied() == [(bad, 1), (good, 1), (good, 2)]
    assert pair.parked() == 3
    first, *_ = parked_events(pair.copy, "copy")
    assert first.error.startswith("ValueError at stream_pair.py:")
    assert "cannot be taken" not in first.error


def test_mended_code_and_a_retry_apply_what_was_parked_in_order(pair: Pair, school: uuid.UUID) -> None:
    bad = uuid.uuid4()
    pair.change(school, bad, "poison")
    pair.change(school, bad)
    pair.deliver()
    assert pair.applied() == []
    handlers = {FactChanged.type: lambda session, event: copy_fact(session, _healed(event))}
    assert retry_key(pair.copy, "copy", handlers, school, "source", f"fact:{bad}") == 2
    assert pair.applied() == [(bad, 1), (bad, 2)]
    assert pair.parked() == 0
    pair.change(school, bad)
    pair.deliver()
    assert pair.applied()[-1] == (bad, 3)


def _healed(event: Event) -> Event:
    return replace(event, data={**event.data, "kind": "good"})


def test_a_skipped_event_lets_the_ones_behind_it_through(pair: Pair, school: uuid.UUID) -> None:
    bad = uuid.uuid4()
    pair.change(school, bad, "poison")
    pair.change(school, bad)
    pair.deliver()
    first = parked_events(pair.copy, "copy")[0]
    assert skip_event(pair.copy, "copy", school, "source", first.epoch, first.seq)
    assert not skip_event(pair.copy, "copy", school, "source", first.epoch, first.seq)
    retry_key(pair.copy, "copy", pair.subscriptions.HANDLERS, school, "source", f"fact:{bad}")
    assert pair.applied() == [(bad, 2)]


def test_the_sweep_tries_five_times_and_then_leaves_it_to_people(pair: Pair, school: uuid.UUID) -> None:
    pair.change(school, uuid.uuid4(), "poison")
    pair.deliver()
    for _ in range(7):
        with pair.copy.transaction(Scope(school_id=school)) as session:
            session.execute(sa.text("UPDATE parked SET next_at = now()"))
        sweep_parked(pair.copy, "copy", pair.subscriptions.HANDLERS)
    [event] = parked_events(pair.copy, "copy")
    assert event.attempts == 5


def test_a_lost_connection_is_nobodys_poison(pair: Pair, school: uuid.UUID) -> None:
    fact = uuid.uuid4()
    failures = [1, 1]

    def fail_twice(session: orm.Session, event: Event) -> None:
        if failures:
            failures.pop()
            raise sa.exc.OperationalError("", {}, Exception("gone"))
        copy_fact(session, event)

    pair.subscriptions.handler = fail_twice
    pair.change(school, fact)
    for _ in range(3):
        pair.relay()
        try:
            while pair.queue:
                pair.step()
        except sa.exc.OperationalError:
            pair.pass_time()
    assert pair.applied() == [(fact, 1)]
    assert pair.parked() == 0


class _Killed(BaseException):
    """What a dying process looks like to the next one: nothing committed, nothing answered."""


def test_an_event_that_kills_its_process_is_found_and_parked(pair: Pair, school: uuid.UUID) -> None:
    killer, good = uuid.uuid4(), uuid.uuid4()
    deaths = 0

    def die(session: orm.Session, event: Event) -> None:
        nonlocal deaths
        if event.data["kind"] == "killer":
            deaths += 1
            raise _Killed
        copy_fact(session, event)

    pair.subscriptions.handler = die
    pair.change(school, good)
    pair.change(school, killer, "killer")
    pair.change(school, good)
    for _ in range(20):
        pair.relay()
        try:
            while pair.queue:
                pair.step()
        except _Killed:
            pass
        pair.pass_time()
    assert pair.applied() == [(good, 1), (good, 2)]
    assert deaths <= 6
    [event] = parked_events(pair.copy, "copy")
    assert event.error == "killed its worker"


# --- sieges of seconds ---------------------------------------------------------------------------------


class _Chaos:
    """A queue that loses, doubles and delays."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self._pair = pair
        self._chance = random.Random(seed)
        self._late: list[Batch | Acknowledgement] = []

    def round(self) -> None:
        """Lets time pass a little and delivers what did not get lost."""
        self._pair.relay()
        waiting = [*self._pair.queue, *self._late]
        self._pair.queue.clear()
        self._late = []
        for message in waiting:
            luck = self._chance.random()
            if luck < 0.05:
                continue
            if luck < 0.10:
                self._late.append(message)
                continue
            copies = 2 if luck < 0.15 else 1
            for _ in range(copies):
                self._pair.queue.append(message)
                self._pair.step()
        if self._chance.random() < 0.1:
            self._pair.pass_time()


def _siege(pair: Pair, seconds: float) -> Writers:
    schools = [pair.school() for _ in range(3)]
    writers = Writers(pair.source, schools, threads=8, pause=0.06)
    chaos = _Chaos(pair, seed=7)
    writers.start()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            chaos.round()
    finally:
        writers.stop()
    for _ in range(3):
        pair.pass_time()
        pair.deliver()
    return writers


def test_siege_of_seconds_loses_nothing_and_doubles_nothing(pair: Pair) -> None:
    writers = _siege(pair, 5)
    applied = pair.applied()
    assert len(applied) == writers.committed > 200
    assert max(Counter(applied).values()) == 1
    assert pair.copies() == pair.facts()
    latest: dict[uuid.UUID, int] = {}
    for fact, version in applied:
        assert version == latest.get(fact, 0) + 1, "each key in order, without a hole"
        latest[fact] = version


def test_numbers_taken_before_commit_lose_events_in_the_same_siege(pair: Pair, servers: Servers) -> None:
    """The negative control: with numbers from the identity column the siege must fail."""
    with pair.source.engine.connect() as connection:
        name = connection.execute(sa.text("SELECT current_database()")).scalar_one()
    admin = sa.create_engine(
        pair.source.engine.url.set(
            username="postgres", password=sa.make_url(servers.postgres).password, database=name
        )
    )
    with admin.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE FUNCTION number_early() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
                " $$ BEGIN NEW.seq := NEW.id; RETURN NEW; END $$"
            )
        )
        connection.execute(
            sa.text(
                "CREATE TRIGGER number_early BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION number_early()"
            )
        )
    admin.dispose()
    schools = [pair.school() for _ in range(3)]
    writers = Writers(pair.source, schools, threads=8, pause=0.06)
    cursor = 0
    seen: set[int] = set()
    writers.start()
    until = time.monotonic() + 3
    select = sa.text("SELECT seq FROM outbox WHERE seq > :after ORDER BY seq LIMIT 200")
    while time.monotonic() < until:
        with pair.source.transaction(Scope()) as session:
            fresh = list(session.execute(select, {"after": cursor}).scalars())
        seen.update(fresh)
        cursor = fresh[-1] if fresh else cursor
    writers.stop()
    with pair.source.transaction(Scope()) as session:
        seen.update(session.execute(select, {"after": cursor}).scalars())
        told = set(session.execute(sa.text("SELECT seq FROM outbox")).scalars())
    assert told - seen, "a reader that remembers the last identity value skips what commits late"


def test_two_relays_at_once_send_each_event_once(pair: Pair, school: uuid.UUID) -> None:
    for _ in range(20):
        pair.change(school, uuid.uuid4())
        relay(pair.source, "source", pair.queue.append)
        relay(pair.source, "source", pair.queue.append)
        while pair.queue:
            pair.step()
    assert len(pair.applied()) == 20
