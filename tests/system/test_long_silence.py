"""A consumer that is down for days keeps Redis small, and catches up by itself."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator

import pytest
import redis
import sqlalchemy as sa

from services.common.celery import create_celery, send
from services.common.db import Scope
from services.common.events.stream import MOST_BYTES, SILENT_BEFORE_EMPTY, Batch, relay
from tests.support.processes import PATIENCE, Processes
from tests.support.stream_pair import Pair, change_many

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

EVENTS = 5_000
MINUTES = 3 * 24 * 60
"""Three days: after a few doubling pauses a consumer is asked once a minute."""
MOST_BYTES_PER_QUESTION = 2_000


@pytest.fixture
def told() -> dict[str, str]:
    return {"SIEGE_UNDISTURBED": "1"}


@pytest.fixture
def broker(own_redis: str) -> Iterator[redis.Redis]:
    made = redis.Redis.from_url(own_redis)
    yield made
    made.close()


def _change(pair: Pair, school: uuid.UUID, number: int) -> None:
    for _ in range(number // 500):
        with pair.source.transaction(Scope(school_id=school)) as session:
            change_many(session, school, [uuid.uuid4() for _ in range(500)])


def _queued(broker: redis.Redis, queue: str) -> tuple[int, int]:
    """Messages that wait in a queue, and their bytes."""
    waiting: list[bytes] = broker.lrange(queue, 0, -1)  # type: ignore[assignment]
    return len(waiting), sum(map(len, waiting))


def test_while_a_consumer_is_down_its_queue_holds_questions_not_events(
    pair: Pair, own_redis: str, broker: redis.Redis, record_property: Callable[[str, object], None]
) -> None:
    school = pair.school()
    _change(pair, school, EVENTS)
    celery = create_celery("test", own_redis, ["copy"])

    def send_batch(batch: Batch) -> None:
        send(celery, "copy.receive_events", "copy", **batch.message())

    rounds = SILENT_BEFORE_EMPTY + 60
    for _ in range(rounds):
        relay(pair.source, "source", send_batch)
        pair.pass_time()
    celery.close()
    messages, size = _queued(broker, "copy")
    record_property(f"bytes in Redis of {messages} messages while {EVENTS} events wait", size)
    assert messages == rounds
    full = SILENT_BEFORE_EMPTY * 2 * MOST_BYTES
    assert size < full + 60 * MOST_BYTES_PER_QUESTION
    questions: list[bytes] = broker.lrange("copy", 0, 59)  # type: ignore[assignment]
    record_property("bytes of a question", max(map(len, questions)))
    assert max(map(len, questions)) < MOST_BYTES_PER_QUESTION
    assert full + MINUTES * MOST_BYTES_PER_QUESTION < 16 * 2**20, "three days are no more than a few megabytes"


def test_it_catches_up_when_it_is_back(pair: Pair, broker: redis.Redis, processes: Processes, own_redis: str) -> None:
    school = pair.school()
    for worker in ("worker1", "worker2"):
        processes.kill(worker)
    _change(pair, school, EVENTS)
    until = time.monotonic() + PATIENCE
    while _silent(pair) <= SILENT_BEFORE_EMPTY:
        pair.pass_time()
        time.sleep(0.5)
        assert time.monotonic() < until
    messages, size = _queued(broker, "copy")
    assert messages < 100
    assert size < 100 * MOST_BYTES_PER_QUESTION + SILENT_BEFORE_EMPTY * 2 * MOST_BYTES
    processes.start("worker1")
    pair.pass_time()
    while len(pair.applied()) < EVENTS:
        assert time.monotonic() < until + PATIENCE, len(pair.applied())
        time.sleep(0.5)
    applied = pair.applied()
    assert len(applied) == len(set(applied)) == EVENTS
    assert pair.copies() == pair.facts()
    assert pair.parked() == 0


def _silent(pair: Pair) -> int:
    with pair.source.transaction(Scope()) as session:
        return int(session.execute(sa.text("SELECT silent FROM consumer")).scalar_one())


def test_what_lay_for_long_is_thrown_away_unread_and_said_again(
    pair: Pair, own_redis: str, broker: redis.Redis, processes: Processes
) -> None:
    for name in ("worker1", "worker2", "scheduler"):
        processes.kill(name)
    pair.change(pair.school(), uuid.uuid4())
    broker.delete("copy", "source.relay")
    celery = create_celery("test", own_redis, ["copy"])
    relay(pair.source, "source", lambda batch: send(celery, "copy.receive_events", "copy", 0.5, **batch.message()))
    celery.close()
    pair.stop_time()
    time.sleep(1)
    processes.start("worker1")
    until = time.monotonic() + PATIENCE
    while broker.llen("copy") or not processes.children("worker1"):
        assert time.monotonic() < until
        time.sleep(0.2)
    time.sleep(1)
    assert pair.applied() == []
    processes.start("scheduler")
    pair.pass_time()
    while not pair.applied():
        assert time.monotonic() < until
        time.sleep(0.2)
    assert len(pair.applied()) == 1
