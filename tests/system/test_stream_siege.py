"""Sixty seconds of everything that may happen to the stream, through real workers, Redis and the scheduler."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from deploy.servers import RedisServer, dying_with_parent, free_port
from services.common.db import Scope
from tests.support.stream_pair import Pair, Writers

SECONDS = 60
CONTROL_SECONDS = 15
LEAST = 2000
PATIENCE = 180.0
ROOT = Path(__file__).parents[2]


class Processes:
    """Workers and scheduler, each in a process group of its own that can be killed whole."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        module = "tests.system.siege_processes"
        command = [sys.executable, "-m", module]
        if name.startswith("worker"):
            command = [
                *(sys.executable, "-m", "celery", "-A", module, "worker", "-c", "2", "-n", f"{name}@siege"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ]
        with (self._folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                dying_with_parent(command),
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """`kill -9` of a process and of its children."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_child(self, name: str) -> None:
        """`kill -9` of one child of a worker; its parent makes another."""
        os.kill(self.children(name)[0], signal.SIGKILL)

    def children(self, name: str) -> list[int]:
        parent = self.running[name].pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def wait_for_children(self, name: str) -> None:
        """Until a worker has forked; on a busy machine its imports take a while."""
        until = time.monotonic() + PATIENCE
        while not self.children(name):
            assert time.monotonic() < until, self.log(name)
            time.sleep(0.1)

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A server of this test's own: it is emptied on the way."""
    server = RedisServer(tmp_path / "redis", "of-the-siege", free_port(), durable=False)
    with (tmp_path / "redis.log").open("wb") as log:
        try:
            server.start(log)
            yield server.url
        finally:
            server.stop()


@pytest.fixture
def numbers() -> str:
    """How committed rows get their numbers; the negative control says otherwise."""
    return "after commit"


@pytest.fixture
def processes(pair: Pair, own_redis: str, tmp_path: Path, numbers: str) -> Iterator[Processes]:
    environment = os.environ | {
        "REDIS_URL": own_redis,
        "SOURCE_DATABASE_URL": pair.source.engine.url.render_as_string(hide_password=False),
        "COPY_DATABASE_URL": pair.copy.engine.url.render_as_string(hide_password=False),
        "PYTHONWARNINGS": "default",
        "SIEGE_NUMBERS": numbers,
    }
    made = Processes(environment, tmp_path)
    try:
        for name in ("worker1", "worker2", "scheduler"):
            made.start(name)
        for name in ("worker1", "worker2"):
            made.wait_for_children(name)
        yield made
    finally:
        made.stop()


def _largest_mixed_batch(pair: Pair) -> int:
    """Most schools among two hundred events in a row."""
    with pair.source.transaction(Scope()) as session:
        schools = session.execute(
            sa.text("SELECT count(DISTINCT school_id) FROM outbox GROUP BY (seq - 1) / 200")
        ).scalars()
        return max(schools)


def _caught_up(pair: Pair) -> bool:
    with pair.source.transaction(Scope()) as session:
        unnumbered = session.execute(sa.text("SELECT count(*) FROM outbox WHERE seq IS NULL")).scalar_one()
    return bool(unnumbered == 0) and _all_numbered_arrived(pair)


def _all_numbered_arrived(pair: Pair) -> bool:
    """Whether the relay has looked since the last commit and the consumer has all that it found."""
    with pair.source.transaction(Scope()) as session:
        last, ahead = session.execute(
            sa.text(
                "SELECT last_seq, EXISTS (SELECT 1 FROM outbox WHERE seq IS NULL"
                " AND id > (SELECT coalesce(max(id), 0) FROM outbox WHERE seq IS NOT NULL)) FROM stream"
            )
        ).one()
    with pair.copy.transaction(Scope()) as session:
        seq = session.execute(sa.text("SELECT max(seq) FROM cursor")).scalar_one()
    return not ahead and bool(seq == last)


def _places(pair: Pair) -> str:
    with pair.source.transaction(Scope()) as session:
        producer = session.execute(sa.text("SELECT last_seq, consumer.* FROM stream, consumer")).all()
    return f"{producer} {pair.cursor()}"


def besiege(pair: Pair, own_redis: str, processes: Processes, seconds: float, least: int) -> Writers:
    """Eight writers for some seconds, and meanwhile everything that may happen; the writers when all is quiet."""
    schools: list[uuid.UUID] = [pair.school() for _ in range(2)]
    broker = redis.Redis.from_url(own_redis)
    writers = Writers(pair.source, schools, threads=8, pause=0.15)
    acts = [
        (10, broker.flushall),
        (18, lambda: processes.kill("worker1")),
        (21, lambda: processes.start("worker1")),
        (28, lambda: processes.kill("scheduler")),
        (31, lambda: processes.start("scheduler")),
        (38, lambda: processes.kill_child("worker2")),
        (44, broker.flushall),
        (50, lambda: processes.kill("worker2")),
    ]
    began = time.monotonic()
    writers.start()
    try:
        for moment, act in acts:
            time.sleep(max(0.0, began + moment * seconds / SECONDS - time.monotonic()))
            act()
        writers.commit_behind(PATIENCE)
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        while writers.committed < least and time.monotonic() < began + seconds + PATIENCE:
            time.sleep(0.5)  # a busy machine writes more slowly
    finally:
        writers.stop()
        broker.close()
    return writers


def wait(pair: Pair, quiet: Callable[[Pair], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not (good := quiet(pair)) and time.monotonic() < until:
        time.sleep(0.2)
    assert good, f"not caught up: {_places(pair)}"


@pytest.mark.system
@pytest.mark.timeout(300)
def test_siege_of_a_minute_loses_nothing_and_doubles_nothing(
    pair: Pair, own_redis: str, processes: Processes, record_property: Callable[[str, object], None]
) -> None:
    writers = besiege(pair, own_redis, processes, SECONDS, LEAST)
    record_property("events", writers.committed)
    wait(pair, _caught_up)

    applied = pair.applied()
    assert len(applied) == writers.committed, "nothing missing"
    assert max(Counter(applied).values()) == 1, "nothing twice"
    assert pair.copies() == pair.facts()
    assert pair.parked() == 0
    latest: dict[uuid.UUID, int] = {}
    for fact, version in applied:
        assert version == latest.get(fact, 0) + 1, "each key in order"
        latest[fact] = version
    assert _largest_mixed_batch(pair) == 2
    assert writers.committed >= LEAST


@pytest.mark.system
@pytest.mark.timeout(300)
@pytest.mark.parametrize("numbers", ["identity"])
def test_the_same_siege_loses_events_that_are_numbered_by_identity(
    pair: Pair,
    own_redis: str,
    processes: Processes,
    numbers: str,
    record_property: Callable[[str, object], None],
) -> None:
    """The negative control: what commits late is behind the last identity value, and nobody looks there."""
    writers = besiege(pair, own_redis, processes, CONTROL_SECONDS, least=200)
    wait(pair, _all_numbered_arrived)
    record_property("events lost", writers.committed - len(pair.applied()))
    assert 0 < len(pair.applied()) < writers.committed
