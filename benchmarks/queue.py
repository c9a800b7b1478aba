"""`python -m benchmarks.queue`: how fast waiting events are drained, through a real worker, Redis and the scheduler.

The pair of services of the tests: a handler of two statements under row-level security, three schools in turn. Prints
events a second, processor time of worker and scheduler for an event, and the most memory that Redis took meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import redis
import sqlalchemy as sa

from benchmarks.processes import processor_seconds
from deploy.machine import Meter
from deploy.servers import RedisServer, free_port
from services.common.db import Scope
from tests.support.databases import own_servers
from tests.support.processes import Processes, environment_of
from tests.support.running import descendants
from tests.support.stream_pair import Pair, change_many, make_pair

EVENTS = 100_000
SCHOOLS = 3
AT_ONCE = 500
LOOK_SECONDS = 0.1
PATIENCE = 1800.0
MEGABYTE = 2**20


@dataclass(frozen=True)
class Drained:
    """One run; memory of Redis in bytes, as it says itself."""

    events: int
    seconds: float
    worker_seconds: float
    scheduler_seconds: float
    redis_before: int
    redis_highest: int

    def line(self) -> str:
        worker, scheduler = (s / self.events * 1000 for s in (self.worker_seconds, self.scheduler_seconds))
        before, highest = (size / MEGABYTE for size in (self.redis_before, self.redis_highest))
        return (
            f"{self.events} events in {self.seconds:.1f} s: {self.events / self.seconds:.0f}/s, {worker:.2f} ms of"
            f" the worker and {scheduler:.2f} ms of the scheduler for each; Redis {before:.2f} MB before,"
            f" {highest:.2f} MB at most"
        )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help=f"{EVENTS} unless said")
    parser.add_argument("--rounds", type=int, default=1, help="1 unless said")
    options = parser.parse_args(arguments)
    load, meter = os.getloadavg()[0], Meter()
    runs = []
    with own_servers() as servers:
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory(prefix="zhurnal-queue-") as folder:
                Path(folder).chmod(0o711)
                runs.append(_drained(servers.postgres, Path(folder), options.events))
            print(runs[-1].line(), flush=True)
    print(f"median of {len(runs)}: {statistics.median(run.events / run.seconds for run in runs):.0f}/s")
    print(
        f"{os.cpu_count()} processors shared with PostgreSQL and Redis, which ran {meter.share():.0%} of the time;"
        f" load {load:.1f} before"
    )
    return 0


def _drained(admin_url: str, folder: Path, events: int) -> Drained:
    pair = make_pair(admin_url)
    server = RedisServer(folder / "redis", "of-the-benchmark", free_port(), durable=False)
    processes = Processes(environment_of(pair, server.url, folder, SIEGE_UNDISTURBED="1"), folder)
    with (folder / "redis.log").open("wb") as log:
        try:
            server.start(log)
            _fill(pair, events)
            processes.start("worker1")
            processes.wait_for_children("worker1")
            return _measured(pair, server.url, processes, events)
        finally:
            processes.stop()
            server.stop()
            pair.dispose()


def _fill(pair: Pair, events: int) -> None:
    """The events, committed and not yet numbered."""
    schools = itertools.cycle([pair.school() for _ in range(SCHOOLS)])
    for done in range(0, events, AT_ONCE):
        school = next(schools)
        with pair.source.transaction(Scope(school_id=school)) as session:
            change_many(session, school, [uuid.uuid4() for _ in range(min(AT_ONCE, events - done))])


def _measured(pair: Pair, redis_url: str, processes: Processes, events: int) -> Drained:
    broker = redis.Redis.from_url(redis_url)
    before = highest = _memory(broker)
    processes.start("scheduler")
    while not _taken(pair):  # the start of the processes is not what is measured
        time.sleep(0.01)
    worker, scheduler = (_with_children(processes.running[name].pid) for name in ("worker1", "scheduler"))
    spent, own = processor_seconds(worker), processor_seconds(scheduler)
    began = time.monotonic()
    first = _taken(pair)
    while (taken := _taken(pair)) < events:
        assert time.monotonic() < began + PATIENCE, f"{taken} of {events}"
        highest = max(highest, _memory(broker))
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - began
    broker.close()
    return Drained(
        events - first,
        seconds,
        processor_seconds(worker) - spent,
        processor_seconds(scheduler) - own,
        before,
        highest,
    )


def _taken(pair: Pair) -> int:
    """How far the consumer's cursor has come."""
    with pair.copy.transaction(Scope()) as session:
        return session.execute(sa.text("SELECT coalesce(max(seq), 0) FROM cursor")).scalar_one()


def _memory(broker: redis.Redis) -> int:
    return int(broker.info("memory")["used_memory"])  # type: ignore[index, arg-type]


def _with_children(pid: int) -> list[int]:
    return [pid, *(child.pid for child in descendants(pid))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
