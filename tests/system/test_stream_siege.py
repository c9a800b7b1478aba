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
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from deploy.servers import RedisServer, free_port
from services.common.db import Scope
from tests.common.stream_pair import Pair, Writers, make_pair
from tests.support.databases import Servers

SECONDS = 60
LEAST = 2000
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
                command,
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
        parent = self.running[name].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")


@pytest.fixture
def pair(servers: Servers) -> Iterator[Pair]:
    made = make_pair(servers.postgres)
    yield made
    made.dispose()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A server of this test's own: it is emptied on the way."""
    server = RedisServer(tmp_path / "redis", "of-the-siege", free_port(), durable=False)
    with (tmp_path / "redis.log").open("wb") as log:
        server.start(log)
        yield server.url
        server.stop()


@pytest.fixture
def processes(pair: Pair, own_redis: str, tmp_path: Path) -> Iterator[Processes]:
    environment = os.environ | {
        "REDIS_URL": own_redis,
        "SOURCE_DATABASE_URL": pair.source.engine.url.render_as_string(hide_password=False),
        "COPY_DATABASE_URL": pair.copy.engine.url.render_as_string(hide_password=False),
        "PYTHONWARNINGS": "default",
    }
    made = Processes(environment, tmp_path)
    for name in ("worker1", "worker2", "scheduler"):
        made.start(name)
    yield made
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
        last, unnumbered = session.execute(
            sa.text("SELECT (SELECT last_seq FROM stream), (SELECT count(*) FROM outbox WHERE seq IS NULL)")
        ).one()
    with pair.copy.transaction(Scope()) as session:
        seq = session.execute(sa.text("SELECT max(seq) FROM cursor")).scalar_one()
    return unnumbered == 0 and seq == last


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_siege_of_a_minute_loses_nothing_and_doubles_nothing(
    pair: Pair, own_redis: str, processes: Processes
) -> None:
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
            time.sleep(max(0.0, began + moment - time.monotonic()))
            act()
        time.sleep(max(0.0, began + SECONDS - time.monotonic()))
        while writers.committed < LEAST and time.monotonic() < began + 2 * SECONDS:
            time.sleep(0.5)  # a busy machine writes more slowly
    finally:
        writers.stop()
    until = time.monotonic() + 60
    while not _caught_up(pair) and time.monotonic() < until:
        time.sleep(0.2)
    broker.close()

    applied = pair.applied()
    assert writers.committed >= LEAST
    assert len(applied) == writers.committed, "nothing missing"
    assert max(Counter(applied).values()) == 1, "nothing twice"
    assert pair.copies() == pair.facts()
    assert pair.parked() == 0
    latest: dict[uuid.UUID, int] = {}
    for fact, version in applied:
        assert version == latest.get(fact, 0) + 1, "each key in order"
        latest[fact] = version
    assert _largest_mixed_batch(pair) == 2
