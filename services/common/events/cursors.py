"""What receiving, parking and rebuilding share: an event out of a message, its scope, the cursor row."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import DATABASE_GONE, Scope
from services.common.events.publishing import Event

NOT_THE_EVENTS_FAULT = DATABASE_GONE
"""The batch comes again."""


@dataclass(frozen=True)
class Cursor:
    """Where this consumer stands in a source's stream."""

    epoch: str
    seq: int
    tries: int = 0


def event_from(wire: Mapping[str, Any], source: str, epoch: str) -> Event:
    """The event in a message or in a parked row."""
    return Event(
        source=source,
        epoch=epoch,
        seq=wire["seq"],
        school_id=uuid.UUID(wire["school_id"]),
        type=wire["type"],
        key=wire["key"],
        origin=wire["origin"],
        occurred_at=dt.datetime.fromisoformat(wire["occurred_at"]),
        request_id=wire["request_id"],
        data=wire["data"],
    )


def scope_for(consumer: str, event: Event) -> Scope:
    """For whom an event's handler runs."""
    return Scope(
        school_id=event.school_id,
        actor=f"service:{consumer}",
        request_id=event.request_id,
        origin=event.origin,
    )


def lock_cursor(session: orm.Session, source: str) -> Cursor:
    """The cursor of `source`, locked until the transaction ends; a new one stands nowhere."""
    select = sa.text("SELECT epoch, seq, tries FROM cursor WHERE source = :source FOR UPDATE")
    row = session.execute(select, {"source": source}).one_or_none()
    if row is None:
        session.execute(
            sa.text("INSERT INTO cursor (source) VALUES (:source) ON CONFLICT DO NOTHING"), {"source": source}
        )
        row = session.execute(select, {"source": source}).one()
    return Cursor(row.epoch, row.seq, row.tries)


def move_cursor(session: orm.Session, source: str, epoch: str, seq: int) -> None:
    """Sets the cursor; tries begin anew."""
    session.execute(
        sa.text(
            "UPDATE cursor SET epoch = :epoch, seq = :seq, tries = 0, rebuilding_until = NULL WHERE source = :source"
        ),
        {"source": source, "epoch": epoch, "seq": seq},
    )
