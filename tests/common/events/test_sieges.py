"""Writers and a hostile way for some seconds; the minute through real workers is in `tests/system`."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter

import sqlalchemy as sa

from services.common.db import Scope
from services.common.events.stream import (
    Acknowledgement,
    Batch,
    relay,
)
from tests.support.databases import Servers
from tests.support.stream_pair import Pair
from tests.support.writers import Writers


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
