"""A consumer that cannot follow reads the present state over HTTP, then follows from where that was read.

Both sides are here: the page that a source answers with, and the consumer that walks the pages.
Never a question to another service under the cursor's lock: the process would wait for itself.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope, set_scope
from services.common.events.copies import Copied
from services.common.events.cursors import Cursor, lock_cursor, move_cursor
from services.common.events.numbering import position
from services.common.events.parking import schools_of
from services.common.events.receiving import Subscriptions
from services.common.events.stream import Acknowledgement, Batch
from services.common.logging import logger
from services.common.problems import wrong

log = logger(__name__)

PAGE_ROWS = 500
LEASE_SECONDS = 60


class AskState(Protocol):
    """A page of a source's state, of all schools or of one. Raises ServiceSilentError."""

    def __call__(
        self, source: str, kind: str, cursor: str | None, school_id: uuid.UUID | None = None
    ) -> Mapping[str, Any]: ...


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


def pages_of(
    ask: AskState, source: str, kind: str, school_id: uuid.UUID | None = None
) -> Iterator[Mapping[str, Any]]:
    """All pages of a kind, one after the other."""
    cursor: str | None = None
    while True:
        page = ask(source, kind, cursor, school_id)
        yield page
        cursor = page["next"]
        if cursor is None:
            return


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
        for kind, copied in subscriptions.STATES.get(batch.source, {}).items():
            walk.take(kind, copied)
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

    def take(self, kind: str, copied: Copied) -> None:
        """Stores all pages of `kind`, and lets go of what none of them named: the source has it no more."""
        named: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for page in pages_of(self._ask, self._source, kind):
            self._position = self._position or (page["epoch"], page["seq"])
            if page["epoch"] != self._position[0]:
                raise RebuildInterruptedError(self._source)
            with self._locked() as session:
                for school_id, rows in _by_school(page["rows"]).items():
                    self._enter(session, school_id)
                    copied.take(session, rows)
                    named[school_id].update(uuid.UUID(str(row["id"])) for row in rows)
        self._forget_unnamed(kind, copied, named)

    def _forget_unnamed(self, kind: str, copied: Copied, named: Mapping[uuid.UUID, set[uuid.UUID]]) -> None:
        for school_id in schools_of(self._database, self._consumer):
            with self._locked() as session:
                self._enter(session, school_id)
                surplus = {row["id"] for row in copied.rows(session)} - named.get(school_id, set())
                if surplus and copied.forget is not None:
                    copied.forget(session, surplus)
            if surplus:
                log.warning(
                    "events.rebuilt_without",
                    consumer=self._consumer,
                    source=self._source,
                    kind=kind,
                    school=str(school_id),
                    rows=len(surplus),
                    forgotten=copied.forget is not None,
                )

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

    @contextmanager
    def _locked(self) -> Iterator[orm.Session]:
        """A transaction under the cursor's lock, with the lease drawn out."""
        with self._database.transaction(Scope(actor=f"service:{self._consumer}")) as session:
            self._lock(session)
            session.execute(
                sa.text(
                    "UPDATE cursor SET rebuilding_until = clock_timestamp() + make_interval(secs => :lease)"
                    " WHERE source = :source"
                ),
                {"source": self._source, "lease": LEASE_SECONDS},
            )
            yield session

    def _enter(self, session: orm.Session, school_id: uuid.UUID) -> None:
        set_scope(session, Scope(school_id=school_id, actor=f"service:{self._consumer}", origin="restore"))

    def _lock(self, session: orm.Session) -> None:
        cursor = lock_cursor(session, self._source)
        if (cursor.epoch, cursor.seq) != self._before:
            raise RebuildInterruptedError(self._source)


def _by_school(rows: Iterable[Mapping[str, Any]]) -> dict[uuid.UUID, list[Mapping[str, Any]]]:
    found: dict[uuid.UUID, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(uuid.UUID(row["school_id"]), []).append(row)
    return found
