"""Events that a handler could not take: kept with what follows for their key, tried again, shown to people.

A wrong handler is mended in code and the event tried again, or somebody decides to skip it; an event is never
changed by hand.
"""

from __future__ import annotations

import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope, set_scope
from services.common.events.cursors import NOT_THE_EVENTS_FAULT, event_from, lock_cursor, scope_for
from services.common.events.publishing import Event
from services.common.logging import logger
from services.common.tally import count

log = logger(__name__)

MOST_ATTEMPTS = 5
PAUSES = (60, 300, 900, 3600, 3600)
"""Seconds before each of the sweep's attempts; after the last an alarm sounds and a person decides."""

Handlers = Mapping[str, Callable[[orm.Session, Event], None]]


@dataclass(frozen=True)
class ParkedEvent:
    """A parked event as people are shown it: without its payload."""

    school_id: uuid.UUID
    source: str
    seq: int
    epoch: str
    type: str
    key: str
    error: str
    attempts: int


def reason_of(error: BaseException) -> str:
    """What went wrong, without values: messages of errors may carry personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/site-packages/" not in frame.filename] or frames[-1:]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    original = getattr(error, "orig", None)
    constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
    return f"{type(original or error).__name__}{f' ({constraint})' if constraint else ''}{place}"


def parked_keys(session: orm.Session, source: str, keys: Iterable[str]) -> set[str]:
    """Which of `keys` wait, in the transaction's school."""
    found = session.execute(
        sa.text("SELECT DISTINCT key FROM parked WHERE source = :source AND key = ANY(:keys)"),
        {"source": source, "keys": list(keys)},
    )
    return set(found.scalars())


def park(session: orm.Session, event: Event, reason: str) -> None:
    """Puts `event` aside, in its school's scope."""
    wire = asdict(event) | {"school_id": str(event.school_id), "occurred_at": event.occurred_at.isoformat()}
    session.execute(
        sa.text(
            "INSERT INTO parked (school_id, source, epoch, seq, key, event, error, next_at)"
            " VALUES (:school_id, :source, :epoch, :seq, :key, CAST(:event AS jsonb), :error,"
            " now() + make_interval(secs => :pause)) ON CONFLICT DO NOTHING"
        ),
        {
            "school_id": event.school_id,
            "source": event.source,
            "epoch": event.epoch,
            "seq": event.seq,
            "key": event.key,
            "event": orjson.dumps(wire).decode(),
            "error": reason,
            "pause": PAUSES[0],
        },
    )
    count(session, "events_parked", event.source)


# --- the sweep and what people may order ---------------------------------------------------------------


def schools_of(database: Database, service: str) -> list[uuid.UUID]:
    """All schools of this installation, as this service knows them."""
    with database.read(Scope(actor=f"service:{service}")) as session:
        return list(session.execute(sa.text("SELECT id FROM school ORDER BY id")).scalars())


def sweep_parked(database: Database, consumer: str, handlers: Handlers) -> None:
    """Tries the parked keys whose time has come, in order."""
    due = sa.text(
        "SELECT source, key FROM (SELECT DISTINCT ON (source, key) source, key, attempts, next_at FROM parked"
        " ORDER BY source, key, parked_at, seq) AS first WHERE attempts < :most AND next_at <= now()"
    )
    for school_id in schools_of(database, consumer):
        with database.read(_scope(consumer, school_id)) as session:
            keys = session.execute(due, {"most": MOST_ATTEMPTS}).all()
        for source, key in keys:
            retry_key(database, consumer, handlers, school_id, source, key)


def retry_key(
    database: Database, consumer: str, handlers: Handlers, school_id: uuid.UUID, source: str, key: str
) -> int:
    """Applies what is parked for `key` until one fails again; how many were applied."""
    applied = 0
    with database.transaction(_scope(consumer, school_id)) as session:
        # Under the cursor's lock nothing newer of this key can be let through or parked meanwhile.
        lock_cursor(session, source)
        for row in _parked_rows(session, source, key):
            if not _retry(session, consumer, handlers, row):
                break
            applied += 1
    return applied


def _parked_rows(session: orm.Session, source: str, key: str) -> list[Any]:
    select = sa.text(
        "SELECT source, epoch, seq, event, attempts FROM parked WHERE source = :source AND key = :key"
        " ORDER BY parked_at, seq"
    )
    return list(session.execute(select, {"source": source, "key": key}).all())


def _retry(session: orm.Session, consumer: str, handlers: Handlers, row: Any) -> bool:
    event = event_from(row.event, row.source, row.epoch)
    set_scope(session, scope_for(consumer, event))
    try:
        with session.begin_nested():
            if event.type in handlers:
                handlers[event.type](session, event)
            _delete(session, row.source, row.epoch, row.seq)
    except NOT_THE_EVENTS_FAULT:
        raise
    except Exception as error:  # the handler's, whatever it may be: the event waits on
        _count_attempt(session, consumer, row, event, reason_of(error))
        return False
    return True


def _count_attempt(session: orm.Session, consumer: str, row: Any, event: Event, reason: str) -> None:
    attempts = row.attempts + 1
    session.execute(
        sa.text(
            "UPDATE parked SET attempts = :attempts, error = :error,"
            " next_at = now() + make_interval(secs => :pause)"
            " WHERE source = :source AND epoch = :epoch AND seq = :seq"
        ),
        {
            "attempts": attempts,
            "error": reason,
            "pause": PAUSES[min(attempts, len(PAUSES) - 1)],
            "source": row.source,
            "epoch": row.epoch,
            "seq": row.seq,
        },
    )
    if attempts >= MOST_ATTEMPTS:
        count(session, "events_given_up", event.source)
        log.error("event.parked.alarm", consumer=consumer, source=event.source, seq=event.seq, type=event.type)


def parked_events(database: Database, consumer: str) -> list[ParkedEvent]:
    """Everything parked, oldest first, school by school."""
    select = sa.text(
        "SELECT school_id, source, seq, epoch, event ->> 'type' AS type, key, error, attempts FROM parked"
        " ORDER BY parked_at, seq"
    )
    found: list[ParkedEvent] = []
    for school_id in schools_of(database, consumer):
        with database.read(_scope(consumer, school_id)) as session:
            found += [ParkedEvent(**row) for row in session.execute(select).mappings()]
    return found


def skip_event(database: Database, consumer: str, school_id: uuid.UUID, source: str, epoch: str, seq: int) -> bool:
    """Gives up one parked event for good; whether there was one."""
    with database.transaction(_scope(consumer, school_id)) as session:
        lock_cursor(session, source)
        found = _delete(session, source, epoch, seq)
    log.warning("event.skipped", consumer=consumer, source=source, seq=seq, found=found)
    return found


def _delete(session: orm.Session, source: str, epoch: str, seq: int) -> bool:
    deleted = session.execute(
        sa.text("DELETE FROM parked WHERE source = :source AND epoch = :epoch AND seq = :seq RETURNING seq"),
        {"source": source, "epoch": epoch, "seq": seq},
    )
    return deleted.one_or_none() is not None


def _scope(consumer: str, school_id: uuid.UUID) -> Scope:
    return Scope(school_id=school_id, actor=f"service:{consumer}")
