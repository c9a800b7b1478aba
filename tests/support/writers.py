"""Threads that change a source's facts as people do: several at once, late, and sometimes not at all."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope
from tests.support.stream_pair import change, change_many

_LATER_IS_NUMBERED = sa.text(
    "SELECT EXISTS (SELECT 1 FROM outbox later JOIN outbox own ON later.id > own.id"
    " WHERE later.seq IS NOT NULL AND own.key = :key)"
)


class RolledBack(Exception):
    """A writer changed its mind."""


class Writers:
    """Threads that change facts of several schools, commit late and sometimes not at all."""

    def __init__(
        self, source: Database, schools: Sequence[uuid.UUID], threads: int, pause: float, seed: str = ""
    ) -> None:
        self._source = source
        self._schools = schools
        self._pause = pause
        self._facts = {school: [uuid.uuid4() for _ in range(200)] for school in schools}
        self._stop = threading.Event()
        self.errors: list[BaseException] = []
        self.committed = 0
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(f"{seed}:{n}",)) for n in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(20)

    def commit_behind(self, patience: float) -> None:
        """One change whose commit is held, its row in the outbox written, until a later one has been numbered."""
        fact_id = uuid.uuid4()

        def hold(session: orm.Session) -> None:
            until = time.monotonic() + patience
            while not session.execute(_LATER_IS_NUMBERED, {"key": f"fact:{fact_id}"}).scalar_one():
                assert time.monotonic() < until, "nobody else's change was numbered meanwhile"
                time.sleep(0.1)

        school = self._schools[0]
        with self._source.transaction(Scope(school_id=school)) as session:
            change(session, school, fact_id)
            sa.event.listen(session, "before_commit", hold)  # called after `publishing` has written the row
        with self._lock:
            self.committed += 1

    def _write(self, seed: str) -> None:
        chance = random.Random(seed)
        while not self._stop.is_set():
            school = chance.choice(self._schools)
            facts = sorted(chance.sample(self._facts[school], chance.choice([1, 1, 2, 4, 8, 12])))
            try:
                with self._source.transaction(Scope(school_id=school)) as session:
                    change_many(session, school, facts)
                    if chance.random() < 0.3:
                        time.sleep(chance.random() * self._pause)
                    if chance.random() < 0.05:
                        raise RolledBack
                with self._lock:
                    self.committed += len(facts)
            except RolledBack:
                pass
            except sa.exc.OperationalError as error:
                # With so many hot rows a lock may be waited for too long; the writer goes on.
                self.errors.append(error)
            time.sleep(chance.random() * self._pause / 3)
