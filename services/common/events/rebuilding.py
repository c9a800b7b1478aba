"""A consumer that cannot follow reads the present state over HTTP, then follows from where that was read.

Both sides are here: the page that a source answers with, and the consumer that walks the pages.
Never a question to another service under the cursor's lock: the process would wait for itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope, set_scope
from services.common.events.cursors import Cursor, lock_cursor, move_cursor
from services.common.events.parking import schools_of
from services.common.events.receiving import StateHandler, Subscriptions
from services.common.events.stream import Acknowledgement, Batch, position
from services.common.logging import logger
from services.common.problems import wrong

log = logger(__name__)

PAGE_ROWS = 500
LEASE_SECONDS = 60

AskState = Callable[[str, str, str | None], Mapping[str, Any]]
"""(source, kind, cursor) -> a page. Raises ServiceSilentError."""
StateRows = Callable[[orm.Session, uuid.UUID | None, int], Sequence[Mapping[str, Any]]]
"""(session, after, limit) -> rows of the session's school with an `id` above `after`, in order of id."""


class RebuildInterruptedError(Exception):
    """The source began a new epoch, or the cursor moved, while pages were read: begin again."""


# --- the source ----------------------------------------------------------------------------------------


def state_page(
    database: Database,
    service: str,
    rows: StateRows,
    cursor: str | None = None,
    limit: int = PAGE_ROWS,
    school_id: uuid.UUID | None = None,
) -> dict[str, Any]:
    """A page of the present state of all schools, or of one: `{epoch, seq, rows, next}`.

    Epoch and number are read before the rows, so that following from there misses nothing. `rows` may narrow
    to one thing or person. Raises UnprocessableError for a cursor that is none.
    """
    started_in, after = _parse(cursor)
    with database.read(Scope(actor=f"service:{service}")) as session:
        epoch, seq = position(session)
    schools = [school_id] if school_id else schools_of(database, service)
    found: list[dict[str, Any]] = []
    for school in schools:
        if started_in is not None and school < started_in:
            continue
        start = after if school == started_in else None
        with database.read(Scope(school_id=school, actor=f"service:{service}")) as session:
            fresh = rows(session, start, limit - len(found) + 1)
        found += [{"school_id": str(school), **row} for row in fresh]
        if len(found) > limit:
            found = found[:limit]
            last = found[-1]
            return {"epoch": epoch, "seq": seq, "rows": found, "next": f"{last['school_id']}.{last['id']}"}
    return {"epoch": epoch, "seq": seq, "rows": found, "next": None}


def _parse(cursor: str | None) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    if cursor is None:
        return None, None
    school, _, row = cursor.partition(".")
    try:
        return uuid.UUID(school), uuid.UUID(row)
    except ValueError:
        raise wrong("/cursor", "This is no cursor of ours.", "unknown") from None


# --- the consumer --------------------------------------------------------------------------------------


def rebuild(
    database: Database, consumer: str, subscriptions: Subscriptions, batch: Batch, ask: AskState
) -> Acknowledgement | None:
    """Takes over the state of the batch's source; None while another process is doing it."""
    before = _claim(database, consumer, batch.source)
    if before is None:
        return None
    log.warning("events.rebuilding", consumer=consumer, source=batch.source)
    walk = _Walk(database, consumer, batch.source, before, ask)
    try:
        for kind, handler in subscriptions.STATES.get(batch.source, {}).items():
            walk.take(kind, handler)
        return walk.finish(batch)
    finally:
        walk.release()


def _claim(database: Database, consumer: str, source: str) -> Cursor | None:
    with database.transaction(Scope(actor=f"service:{consumer}")) as session:
        cursor = lock_cursor(session, source)
        claimed = session.execute(
            sa.text(
                "UPDATE cursor SET rebuilding_until = clock_timestamp() + make_interval(secs => :lease)"
                " WHERE source = :source AND coalesce(rebuilding_until, '-infinity') < clock_timestamp()"
                " RETURNING source"
            ),
            {"source": source, "lease": LEASE_SECONDS},
        )
        return cursor if claimed.one_or_none() is not None else None


class _Walk:
    """One reading of a source's state, as long as the cursor stays where it was."""

    def __init__(self, database: Database, consumer: str, source: str, before: Cursor, ask: AskState) -> None:
        self._database = database
        self._consumer = consumer
        self._source = source
        self._before = (before.epoch, before.seq)
        self._ask = ask
        self._position: tuple[str, int] | None = None

    def take(self, kind: str, handler: StateHandler) -> None:
        """Reads and stores all pages of `kind`."""
        cursor: str | None = None
        while True:
            page = self._ask(self._source, kind, cursor)
            self._position = self._position or (page["epoch"], page["seq"])
            if page["epoch"] != self._position[0]:
                raise RebuildInterruptedError(self._source)
            self._store(page["rows"], handler)
            cursor = page["next"]
            if cursor is None:
                return

    def finish(self, batch: Batch) -> Acknowledgement:
        """Moves the cursor to where the first page was read."""
        epoch, seq = self._position or (batch.epoch, batch.after)
        with self._database.transaction(Scope(actor=f"service:{self._consumer}")) as session:
            self._lock(session)
            move_cursor(session, self._source, epoch, seq)
        log.warning("events.rebuilt", consumer=self._consumer, source=self._source, seq=seq)
        return Acknowledgement(self._source, self._consumer, epoch, seq)

    def release(self) -> None:
        """Lets the next one try, whatever happened."""
        with self._database.transaction(Scope(actor=f"service:{self._consumer}")) as session:
            session.execute(
                sa.text("UPDATE cursor SET rebuilding_until = NULL WHERE source = :source"),
                {"source": self._source},
            )

    def _store(self, rows: Iterable[Mapping[str, Any]], handler: StateHandler) -> None:
        with self._database.transaction(Scope(actor=f"service:{self._consumer}")) as session:
            self._lock(session)
            session.execute(
                sa.text(
                    "UPDATE cursor SET rebuilding_until = clock_timestamp() + make_interval(secs => :lease)"
                    " WHERE source = :source"
                ),
                {"source": self._source, "lease": LEASE_SECONDS},
            )
            for school_id, own in _by_school(rows).items():
                set_scope(session, Scope(school_id=school_id, actor=f"service:{self._consumer}", origin="restore"))
                handler(session, own)

    def _lock(self, session: orm.Session) -> None:
        cursor = lock_cursor(session, self._source)
        if (cursor.epoch, cursor.seq) != self._before:
            raise RebuildInterruptedError(self._source)


def _by_school(rows: Iterable[Mapping[str, Any]]) -> dict[uuid.UUID, list[Mapping[str, Any]]]:
    found: dict[uuid.UUID, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(uuid.UUID(row["school_id"]), []).append(row)
    return found
