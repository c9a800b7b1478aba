"""The scheduler as a whole: it hears, looks, nudges, and outlives PostgreSQL's and Redis's restarts."""

from __future__ import annotations

import importlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import kombu.exceptions
import psycopg
import pytest

from services.common.config import SERVICES
from services.common.db import Scope
from services.common.work import tell
from services.scheduler import CONSUMERS, Scheduler
from tests.support.databases import Servers
from tests.support.stream_pair import Pair


def test_consumers_are_the_other_side_of_every_services_sources() -> None:
    heard: dict[str, set[str]] = {name: set() for name in SERVICES}
    for consumer in SERVICES:
        for source in importlib.import_module(f"services.{consumer}.subscriptions").SOURCES:
            heard[source].add(consumer)
    assert {name: set(consumers) for name, consumers in CONSUMERS.items()} == heard


@dataclass
class SentTasks:
    """In the place of Celery: what was sent, and whether Redis is there."""

    tasks: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    gone: bool = False
    lasting: set[str] = field(default_factory=set)
    """Tasks that are kept however old they become."""

    def send_task(self, name: str, *, kwargs: dict[str, Any], queue: str, expires: float | None, **_: Any) -> None:
        if self.gone:
            raise kombu.exceptions.OperationalError("refused")
        self.tasks.append((name, queue, kwargs))
        if expires is None:
            self.lasting.add(name)

    def connection_for_write(self) -> Any:
        raise kombu.exceptions.OperationalError("refused")

    def named(self, name: str) -> list[dict[str, Any]]:
        return [arguments for sent, _, arguments in self.tasks if sent == name]


@pytest.fixture
def sent(pair: Pair) -> Iterator[SentTasks]:
    tasks = SentTasks()
    url = pair.source.engine.url.render_as_string(hide_password=False)
    scheduler = Scheduler({"source": url}, {"source": ("copy",)}, tasks)  # type: ignore[arg-type]
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    _wait(lambda: bool(tasks.named("source.sweep")))
    yield tasks
    scheduler.stop()
    thread.join(10)
    assert not thread.is_alive()


def _wait(condition: Callable[[], bool], seconds: float = 15) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.01)
    return time.monotonic() - began


def _events(sent: SentTasks) -> int:
    return sum(len(arguments["events"]) for arguments in sent.named("copy.receive_events"))


def test_a_commit_is_heard_and_sent(pair: Pair, sent: SentTasks) -> None:
    pair.change(pair.school(), uuid.uuid4())
    _wait(lambda: _events(sent) == 1)


def test_work_is_nudged_on_its_queue_once_for_many_rows(pair: Pair, sent: SentTasks) -> None:
    school = pair.school()
    for _ in range(20):
        with pair.source.transaction(Scope(school_id=school)) as session:
            tell(session, "source.mail")
    _wait(lambda: bool(sent.named("source.work")))
    time.sleep(0.5)
    nudges = sent.named("source.work")
    assert nudges[0] == {"kind": "source.mail", "school": str(school)}
    assert len(nudges) < 10


def test_work_for_later_is_nudged_later(pair: Pair, sent: SentTasks) -> None:
    with pair.source.transaction(Scope(school_id=pair.school())) as session:
        tell(session, "source.mail", 2)
    assert _wait(lambda: bool(sent.named("source.work"))) > 1


def test_it_listens_again_after_its_connections_were_ended(pair: Pair, sent: SentTasks, servers: Servers) -> None:
    database = pair.source.engine.url.database
    pair.source.dispose()
    with psycopg.connect(servers.postgres, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,))
    pair.change(pair.school(), uuid.uuid4())
    _wait(lambda: _events(sent) == 1)
    with pair.source.transaction(Scope(school_id=pair.school())) as session:
        tell(session, "source.mail")
    _wait(lambda: bool(sent.named("source.work")))


def test_what_could_not_be_sent_goes_when_redis_is_back(pair: Pair, sent: SentTasks) -> None:
    sent.gone = True
    pair.change(pair.school(), uuid.uuid4())
    time.sleep(1)
    sent.gone = False
    _wait(lambda: _events(sent) == 1)


def test_only_what_nobody_says_again_is_kept_however_old_it_becomes(pair: Pair, sent: SentTasks) -> None:
    school = pair.school()
    pair.change(school, uuid.uuid4())
    with pair.source.transaction(Scope(school_id=school)) as session:
        tell(session, "source.mail")
    _wait(lambda: _events(sent) == 1 and bool(sent.named("source.work")))
    assert sent.named("source.sweep")
    assert sent.lasting == set()
