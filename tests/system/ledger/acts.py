"""What befalls the suite meanwhile: deaths by kill -9, and processes that stand still for twenty seconds."""

from __future__ import annotations

import contextlib
import functools
import heapq
import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy.servers import ServerError
from tests.support.running import descendants
from tests.support.separate import Separate

FROZEN_SECONDS = 20.0
DOWN_SECONDS = 1.0
"""How long somebody who was killed stays away."""
RESTART_PATIENCE = 60.0


@dataclass(frozen=True)
class Happened:
    """An act that was carried out, in seconds since the epoch."""

    name: str
    began: float
    ended: float


@dataclass(frozen=True)
class Act:
    """Something to do to the suite; `then` undoes it `after` seconds later."""

    name: str
    do: Callable[[], None]
    then: Callable[[], None] | None = None
    after: float = 0.0


class Acts:
    """All that may be done to a suite in its separate form."""

    def __init__(self, suite: Separate, chance: random.Random) -> None:
        self._suite = suite
        self._chance = chance

    def one_process_of(self, name: str) -> Act:
        """A gunicorn worker or a child of a Celery worker; its parent makes another."""

        def do() -> None:
            children = self._suite.processes(name)[1:]
            if children:
                _kill(self._chance.choice(children))

        return Act(f"one process of {name}", do)

    def whole(self, name: str) -> Act:
        """A process and all below it, started again a second later."""

        def do() -> None:
            for pid in self._suite.processes(name):
                _kill(pid)
            self._suite.running.pop(name).wait()

        return Act(name, do, lambda: self._suite.start(name), DOWN_SECONDS)

    def frozen(self, name: str) -> Act:
        """A process and all below it stand still; whatever is killed meanwhile stays dead."""

        def thaw() -> None:
            with contextlib.suppress(KeyError, ProcessLookupError):
                self._suite.thaw(name)

        return Act(f"{name} frozen", lambda: self._suite.freeze(name), thaw, FROZEN_SECONDS)

    def redis(self, *, file_kept: bool) -> Act:
        """Redis, with what it wrote down or without."""

        def do() -> None:
            process = self._suite.redis.process
            assert process is not None
            process.kill()
            process.wait()
            if not file_kept:
                for path in (self._suite.redis.folder / "appendonlydir").glob("*"):
                    path.unlink()

        with_file = "with its file" if file_kept else "without its file"
        return Act(f"redis {with_file}", do, self._start_redis, DOWN_SECONDS)

    def backend(self) -> Act:
        """A server process of PostgreSQL: the postmaster then restarts them all. Nobody is asked which there are, for
        who would answer may stand still."""

        def do() -> None:
            process = self._suite.postgres.process
            assert process is not None
            serving = [child.pid for child in descendants(process.pid) if " zhurnal_" in child.command]
            if serving:
                _kill(self._chance.choice(serving))

        return Act("a backend of postgres", do)

    def frozen_postgres(self) -> Act:
        """All of PostgreSQL stands still: nothing is refused, nothing is answered."""
        return Act("postgres frozen", self._suite.freeze_postgres, self._suite.thaw_postgres, FROZEN_SECONDS)

    def postmaster(self) -> Act:
        def do() -> None:
            process = self._suite.postgres.process
            assert process is not None
            process.kill()
            process.wait()

        return Act("postmaster", do, self._start_postgres, DOWN_SECONDS)

    def _start_redis(self) -> None:
        with (self._suite.folder / "servers.log").open("ab") as log:
            self._suite.redis.start(log)

    def _start_postgres(self) -> None:
        """As an operator does: again, while what the dead one left behind is still going; and what stood still as it
        died never goes before it is told to go on."""
        self._suite.thaw_postgres()
        deadline = time.monotonic() + RESTART_PATIENCE
        with (self._suite.folder / "servers.log").open("ab") as log:
            while True:
                try:
                    self._suite.postgres.start(log)
                except ServerError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)
                else:
                    return


def carry_out(acts: Sequence[tuple[float, Act]], began: float, look: Callable[[], None]) -> list[Happened]:
    """Each act at its second after `began` (monotonic), and a `look` after it; returns when the last was undone."""
    happened: list[Happened] = []
    planned: list[tuple[float, int, Callable[[], None]]] = []
    order = itertools.count()

    def plan(moment: float, step: Callable[[], None]) -> None:
        heapq.heappush(planned, (moment, next(order), step))

    def do(act: Act) -> None:
        started = time.time()
        act.do()
        if act.then is None:
            happened.append(Happened(act.name, started, time.time()))
        else:
            plan(time.monotonic() - began + act.after, functools.partial(undo, act.name, act.then, started))

    def undo(name: str, then: Callable[[], None], started: float) -> None:
        then()
        happened.append(Happened(name, started, time.time()))

    for moment, act in acts:
        plan(moment, functools.partial(do, act))
    while planned:
        moment, _, step = heapq.heappop(planned)
        time.sleep(max(0.0, began + moment - time.monotonic()))
        step()
        look()
    return happened


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
