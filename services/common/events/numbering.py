"""The name of a service's stream and its numbers: given to what is committed, under the lock of one row.

Ids taken before commit would not do: a reader that remembers the last one skips what commits late. Numbers are only
comparable within an epoch, a string that names this very database and its generation.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope
from services.common.logging import logger

log = logger(__name__)

MOST_NUMBERED = 5000


@dataclass(frozen=True)
class Stream:
    """Where a service's own stream stands."""

    epoch: str
    last: int


_PLACE = sa.text(
    "SELECT concat_ws(':', system_identifier, timeline_id,"
    " (SELECT oid FROM pg_database WHERE datname = current_database()), CAST('stream'::regclass AS oid))"
    " FROM pg_control_system(), pg_control_checkpoint()"
)
_LOCK = sa.text("SELECT generation, last_seq FROM stream FOR UPDATE")
# A statement of its own after the lock: a combined one would keep the snapshot from before the wait.
_NUMBER = sa.text(
    "WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM outbox WHERE seq IS NULL"
    "   ORDER BY id LIMIT :most),"
    " numbered AS (UPDATE outbox o SET seq = :last + fresh.n FROM fresh WHERE o.id = fresh.id"
    "   RETURNING o.seq)"
    " UPDATE stream SET last_seq = (SELECT max(seq) FROM numbered) WHERE EXISTS (SELECT 1 FROM numbered)"
    " RETURNING last_seq"
)


# By the clock: two restores of one backup would count to the same generation, and numbers would say different things
# under one name. Seconds since 2026 last until 2094.
_BEGIN = sa.text(
    "UPDATE stream SET generation = greatest(generation + 1,"
    " CAST(extract(epoch FROM clock_timestamp() - timestamptz '2026-01-01 00:00Z') AS integer))"
    " RETURNING generation"
)


def position(session: orm.Session) -> tuple[str, int]:
    """Epoch and last number of this service's stream, for a page of its state."""
    generation, last = session.execute(sa.text("SELECT generation, last_seq FROM stream")).one()
    return _epoch(session, generation), last


def _epoch(session: orm.Session, generation: int) -> str:
    """Names this very stream: a restore, a copy or a promotion makes another."""
    connection = session.connection()
    if "epoch" not in connection.info:
        connection.info["epoch"] = connection.execute(_PLACE).scalar_one()
    return f"{connection.info['epoch']}:{generation}"


def lock(session: orm.Session) -> Stream:
    """The stream, kept still until the transaction ends."""
    generation, last = session.execute(_LOCK).one()
    return Stream(_epoch(session, generation), last)


def number(session: orm.Session, stream: Stream) -> Stream:
    """Numbers what was committed, under the lock; where the stream stands then."""
    last = session.execute(_NUMBER, {"last": stream.last, "most": MOST_NUMBERED}).scalar_one_or_none()
    return stream if last is None else Stream(stream.epoch, last)


def begin_generation(session: orm.Session, stream: Stream) -> Stream:
    """The same stream in a new epoch, under the lock."""
    return Stream(_epoch(session, session.execute(_BEGIN).scalar_one()), stream.last)


def declare_restored(database: Database, source: str) -> str:
    """This database was brought back from a backup: its stream goes on in a new epoch, whose name is returned, and
    every consumer reads the present state."""
    with database.transaction(Scope(actor=f"service:{source}")) as session:
        stream = begin_generation(session, lock(session))
    log.warning("events.restored", source=source, epoch=stream.epoch)
    return stream.epoch
