"""The producer's second step: numbers for committed rows, and one batch in flight per consumer.

Everything is decided under the lock of the one row of `stream`: numbers, the stored answer and the next
batches, in one transaction; sending comes after it. Ids taken before commit would not do: a reader that
remembers the last one skips what commits late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.clock import NO_PAUSE_IS_SO_LONG
from services.common.db import Database, Scope
from services.common.events.numbering import Stream, begin_generation, lock, number
from services.common.logging import logger

log = logger(__name__)

MOST_EVENTS = 200
MOST_BYTES = 256 * 1024
SILENT_BEFORE_EMPTY = 3
"""From this silence on the batch goes out empty, so that Redis stays small while a consumer is down."""
ASK_SECONDS = 60
"""Where nothing flows, an empty batch this often lets a restored consumer notice that it is behind."""
KEPT_DAYS = 30


@dataclass(frozen=True)
class Batch:
    """What goes to a consumer: events that follow `after` without a gap, or none to ask where it stands."""

    consumer: str
    source: str
    epoch: str
    after: int
    events: list[dict[str, Any]]
    attempt: int
    rebuild: bool = False
    """What the consumer needs is deleted already: it must read the present state."""

    def message(self) -> dict[str, Any]:
        """Arguments of `<consumer>.receive_events`."""
        return {name: value for name, value in asdict(self).items() if name != "consumer"}


@dataclass(frozen=True)
class Acknowledgement:
    """How far a consumer has come; `gap`: the batch began after that."""

    source: str
    consumer: str
    epoch: str
    seq: int
    gap: bool = False

    def message(self) -> dict[str, Any]:
        """Arguments of `<source>.acknowledge_events`."""
        return {name: value for name, value in asdict(self).items() if name != "source"}


Send = Callable[[Batch], None]


# --- what a process calls ----------------------------------------------------------------------------


def declare_consumers(database: Database, source: str, consumers: Iterable[str]) -> None:
    """From now on exactly these services are sent this service's events."""
    names = list(consumers)
    with database.transaction(_scope(source)) as session:
        session.execute(sa.text("DELETE FROM consumer WHERE consumer <> ALL(:names)"), {"names": names})
        session.execute(
            sa.text(
                "INSERT INTO consumer (consumer, epoch) SELECT unnest(CAST(:names AS text[])), ''"
                " ON CONFLICT DO NOTHING"
            ),
            {"names": names},
        )


def relay(database: Database, source: str, send: Send) -> None:
    """Numbers what was committed and sends each consumer what is due."""
    with database.transaction(_scope(source)) as session:
        batches = _due_batches(session, source, number(session, lock(session)))
    for batch in batches:
        send(batch)


def acknowledge(database: Database, answer: Acknowledgement, send: Send) -> None:
    """Stores a consumer's answer and sends what follows."""
    with database.transaction(_scope(answer.source)) as session:
        stream = lock(session)
        if answer.epoch == stream.epoch and answer.seq > stream.last:
            stream = _notice_restore(session, answer, stream)
        _store(session, answer, stream)
        batches = _due_batches(session, answer.source, number(session, stream))
    for batch in batches:
        send(batch)


def delete_acknowledged(database: Database, source: str, days: int = KEPT_DAYS) -> None:
    """Removes events that every consumer has and that are older than `days`."""
    with database.transaction(_scope(source)) as session:
        session.execute(
            sa.text(
                "DELETE FROM outbox WHERE seq <= (SELECT min(acked) FROM consumer)"
                " AND occurred_at < now() - make_interval(days => :days)"
            ),
            {"days": days},
        )


def _notice_restore(session: orm.Session, answer: Acknowledgement, stream: Stream) -> Stream:
    """A consumer knows more than was ever told: this database was restored and nobody said so."""
    log.error("events.restore_not_declared", consumer=answer.consumer, seq=answer.seq, last_seq=stream.last)
    return begin_generation(session, stream)


# --- answers and batches -----------------------------------------------------------------------------

# Everything that fits none of the three lines is stale: a repeated answer would otherwise free the slot
# of a batch that is under way. `sent = acked` means: only asked.
_STORE = sa.text(
    "UPDATE consumer SET attempt = CASE WHEN :seq > acked THEN 0 ELSE attempt END,"
    " acked = :seq, sent = NULL, silent = 0"
    " WHERE consumer = :consumer AND epoch = :epoch"
    " AND (:seq > acked OR (:seq = acked AND sent = acked) OR (CAST(:gap AS boolean) AND :seq < acked))"
)
_DUE = sa.text(
    "SELECT consumer, epoch, acked, sent, attempt, silent FROM consumer WHERE epoch <> :epoch"
    " OR (sent IS NULL"
    "     AND (acked < :last OR asked_at < clock_timestamp() - make_interval(secs => :ask)"
    "      OR asked_at > clock_timestamp() + CAST(:absurd AS interval)))"
    " OR (sent IS NOT NULL AND (next_at <= clock_timestamp()"
    "     OR isfinite(next_at) AND next_at > clock_timestamp() + CAST(:absurd AS interval))) ORDER BY consumer"
)
_PAGE = sa.text(
    "SELECT seq, CAST(school_id AS text) AS school_id, type, key, origin, occurred_at, request_id, data,"
    " octet_length(CAST(data AS text)) AS bytes"
    " FROM outbox WHERE seq > :after AND seq <= :last ORDER BY seq LIMIT :most"
)
_SENT = sa.text(
    "UPDATE consumer SET epoch = :epoch, acked = :acked, sent = :sent, attempt = :attempt, silent = :silent,"
    " asked_at = clock_timestamp(), next_at = clock_timestamp() + make_interval(secs => :pause)"
    " WHERE consumer = :consumer"
)


def _store(session: orm.Session, answer: Acknowledgement, stream: Stream) -> None:
    if answer.epoch == stream.epoch:
        session.execute(
            _STORE,
            {"consumer": answer.consumer, "epoch": answer.epoch, "seq": answer.seq, "gap": answer.gap},
        )


def _due_batches(session: orm.Session, source: str, stream: Stream) -> list[Batch]:
    due = session.execute(
        _DUE, {"epoch": stream.epoch, "last": stream.last, "ask": ASK_SECONDS, "absurd": NO_PAUSE_IS_SO_LONG}
    ).all()
    return [_next_batch(session, source, stream, row) for row in due]


def _next_batch(session: orm.Session, source: str, stream: Stream, row: Any) -> Batch:
    known = row.epoch == stream.epoch
    acked = row.acked if known else 0
    silent = row.silent + 1 if known and row.sent is not None else 0
    attempt = row.attempt + 1 if known else 1
    events: list[dict[str, Any]] = []
    after, rebuild = acked, False
    sent: int | None = acked
    if acked == stream.last and known and row.sent is None:
        # Only the minute's question; it takes no slot, for a lost one would hold up events.
        sent, attempt = None, row.attempt
    elif acked < stream.last and silent < SILENT_BEFORE_EMPTY:
        events = _page(session, acked, stream.last)
        rebuild = not events or events[0]["seq"] != acked + 1
        if rebuild:
            events, after = [], stream.last
        sent = stream.last if rebuild else events[-1]["seq"]
    session.execute(
        _SENT,
        {
            "consumer": row.consumer,
            "epoch": stream.epoch,
            "acked": acked,
            "sent": sent,
            "attempt": attempt,
            "silent": silent,
            "pause": min(60, 2 ** (silent + 1)),
        },
    )
    return Batch(row.consumer, source, stream.epoch, after, events, attempt, rebuild)


def _page(session: orm.Session, after: int, last: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    size = 0
    for row in session.execute(_PAGE, {"after": after, "last": last, "most": MOST_EVENTS}).mappings():
        size += row["bytes"]
        if events and size > MOST_BYTES:
            break
        event = {name: value for name, value in row.items() if name != "bytes"}
        events.append(event | {"occurred_at": row["occurred_at"].isoformat()})
    return events


def _scope(source: str) -> Scope:
    return Scope(actor=f"service:{source}")
