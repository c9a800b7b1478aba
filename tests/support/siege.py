"""A minute of everything that may happen to the stream, by a seed, through real workers, Redis and the scheduler."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import redis
import sqlalchemy as sa

from services.common.db import Scope
from tests.support.processes import PATIENCE, Processes
from tests.support.stream_pair import Pair
from tests.support.writers import Writers

SECONDS = 60
LEAST = 2000


def largest_mixed_batch(pair: Pair) -> int:
    """Most schools among two hundred events in a row."""
    with pair.source.transaction(Scope()) as session:
        schools = session.execute(
            sa.text("SELECT count(DISTINCT school_id) FROM outbox GROUP BY (seq - 1) / 200")
        ).scalars()
        return max(schools)


def caught_up(pair: Pair) -> bool:
    with pair.source.transaction(Scope()) as session:
        unnumbered = session.execute(sa.text("SELECT count(*) FROM outbox WHERE seq IS NULL")).scalar_one()
    return bool(unnumbered == 0) and all_numbered_arrived(pair)


def all_numbered_arrived(pair: Pair) -> bool:
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


def besiege(pair: Pair, own_redis: str, processes: Processes, seconds: float, least: int, seed: str = "") -> Writers:
    """Eight writers for some seconds, and meanwhile everything that may happen; the writers when all is quiet.

    The seed moves every act by up to three sixtieths of the time, and says what the writers do.
    """
    schools: list[uuid.UUID] = [pair.school() for _ in range(2)]
    broker = redis.Redis.from_url(own_redis)
    writers = Writers(pair.source, schools, threads=8, pause=0.15, seed=seed)
    chance = random.Random(seed)
    acts: list[tuple[float, Callable[[], object]]] = [
        (10, broker.flushall),
        (18, lambda: processes.kill("worker1")),
        (21, lambda: processes.start("worker1")),
        (28, lambda: processes.kill("scheduler")),
        (31, lambda: processes.start("scheduler")),
        (38, lambda: processes.kill_child("worker2")),
        (44, broker.flushall),
        (50, lambda: processes.kill("worker2")),
    ]
    moved = [(moment + chance.uniform(-1.5, 1.5), act) for moment, act in acts]
    began = time.monotonic()
    writers.start()
    try:
        for moment, act in moved:
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


@dataclass(frozen=True)
class Figures:
    """What came of a siege."""

    seed: str
    events: int
    resent: int
    """Batches that went again."""
    disturbed: int
    """Messages that were lost, doubled or late on the way."""
    kills: int
    seconds: float
    """From the first change to the last event applied."""
    lost: int
    twice: int
    disordered: int
    parked: int

    def line(self) -> str:
        """One row of a table."""
        values = (self.seed, self.events, self.resent, self.disturbed, self.kills, f"{self.seconds:.0f}")
        return "| " + " | ".join(map(str, (*values, self.lost, self.twice, self.disordered))) + " |"

    HEAD: ClassVar[str] = (
        "| seed | events | batches again | messages disturbed | kills | seconds | lost | twice | out of order |"
    )

    def good(self) -> bool:
        return (self.lost, self.twice, self.disordered, self.parked) == (0, 0, 0, 0)


def siege(
    pair: Pair, own_redis: str, processes: Processes, seed: str, seconds: float = SECONDS, least: int = LEAST
) -> Figures:
    """A siege and what came of it, when the consumer has all that it will have."""
    began = time.monotonic()
    writers = besiege(pair, own_redis, processes, seconds, least, seed)
    wait(pair, caught_up)
    took = time.monotonic() - began
    applied = pair.applied()
    latest: dict[uuid.UUID, int] = {}
    disordered = 0
    for fact, version in applied:
        disordered += version != latest.get(fact, 0) + 1
        latest[fact] = version
    wrong = sum(1 for fact, version in pair.facts().items() if latest.get(fact) != version)
    return Figures(
        seed=seed,
        events=writers.committed,
        resent=processes.notes("resent"),
        disturbed=sum(map(processes.notes, ("lost", "doubled", "late"))),
        kills=processes.kills,
        seconds=took,
        lost=max(writers.committed - len(set(applied)), wrong),
        twice=len(applied) - len(set(applied)),
        disordered=disordered,
        parked=pair.parked(),
    )


def wait(pair: Pair, quiet: Callable[[Pair], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not (good := quiet(pair)) and time.monotonic() < until:
        time.sleep(0.2)
    assert good, f"not caught up: {_places(pair)}"
