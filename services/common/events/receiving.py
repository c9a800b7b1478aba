"""The consumer: its cursor row is the lock, what follows is applied and the cursor moved in one transaction.

A batch is applied whole; only after a failure event by event. A handler that fails parks its event at once,
and what follows for that key; the rest flows. An event that kills its process is found by the tries that are
counted in the cursor row before the work.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope, set_scope
from services.common.events.copies import Copied
from services.common.events.cursors import (
    NOT_THE_EVENTS_FAULT,
    Cursor,
    event_from,
    lock_cursor,
    move_cursor,
    scope_for,
)
from services.common.events.parking import park, parked_keys, reason_of
from services.common.events.publishing import Event
from services.common.events.stream import Acknowledgement, Batch
from services.common.logging import logger

log = logger(__name__)

Handler = Callable[[orm.Session, Event], None]
"""Runs in the consumer's transaction, the event's school already set."""

MOST_TRIES = 5
SINGLY_FROM = 2
"""Resends without any progress after which every event gets a commit of its own."""


class Subscriptions(Protocol):
    """What a service's `subscriptions.py` says."""

    @property
    def SOURCES(self) -> tuple[str, ...]: ...
    @property
    def HANDLERS(self) -> Mapping[str, Handler]: ...
    @property
    def STATES(self) -> Mapping[str, Mapping[str, Copied]]: ...


class RebuildNeededError(Exception):
    """The cursor stands in another epoch, or before what the source still keeps."""


@dataclass
class _Receiver:
    database: Database
    consumer: str
    handlers: Mapping[str, Handler]
    batch: Batch
    blocked: dict[uuid.UUID, set[str]] = field(default_factory=dict)
    """Parked keys by school, read once per batch and school."""

    def transaction(self) -> AbstractContextManager[orm.Session]:
        return self.database.transaction(Scope(actor=f"service:{self.consumer}"))

    def answer(self, seq: int, gap: bool = False) -> Acknowledgement:
        return Acknowledgement(self.batch.source, self.consumer, self.batch.epoch, seq, gap)

    def lock(self, session: orm.Session) -> Cursor:
        """The cursor, locked, standing in the batch's stream. Raises RebuildNeededError."""
        cursor = lock_cursor(session, self.batch.source)
        if not cursor.epoch and self.batch.after == 0 and not self.batch.rebuild:
            # A new consumer and a stream that is whole from its beginning: following it is enough.
            move_cursor(session, self.batch.source, self.batch.epoch, 0)
            return Cursor(self.batch.epoch, 0)
        if cursor.epoch != self.batch.epoch or (self.batch.rebuild and cursor.seq < self.batch.after):
            raise RebuildNeededError
        return cursor

    # --- three ways to apply ---------------------------------------------------------------------------

    def at_once(self) -> Acknowledgement:
        self.blocked.clear()
        with self.transaction() as session:
            cursor = self.lock(session)
            if self.batch.after > cursor.seq:
                return self.answer(cursor.seq, gap=True)
            events = self.following(cursor)
            for event in events:
                self.enter(session, event)
                self.handle(session, event)
            return self.answer(self.move(session, events, cursor))

    def with_savepoints(self) -> Acknowledgement:
        self.blocked.clear()
        with self.transaction() as session:
            cursor = self.lock(session)
            events = self.following(cursor)
            for event in events:
                self.enter(session, event)
                self.handle_or_park(session, event)
            return self.answer(self.move(session, events, cursor))

    def singly(self) -> Acknowledgement:
        """Every event with a commit and a counted try of its own, so that a killer is known by its name."""
        self.blocked.clear()
        while True:
            cursor = self.count_try()
            if self.batch.after > cursor.seq:
                return self.answer(cursor.seq, gap=True)
            with self.transaction() as session:
                cursor = self.lock(session)
                events = self.following(cursor)[:1]
                if not events:
                    return self.answer(cursor.seq)
                self.enter(session, events[0])
                if cursor.tries > MOST_TRIES:
                    self.park(session, events[0], "killed its worker")
                else:
                    self.handle_or_park(session, events[0])
                self.move(session, events, cursor)

    # --- steps -----------------------------------------------------------------------------------------

    def count_try(self) -> Cursor:
        """Adds a try to the cursor and commits, before the work that may not survive.

        A late copy whose events are all applied counts nothing: it says that somebody was slow, not killed.
        """
        with self.transaction() as session:
            cursor = self.lock(session)
            if not self.following(cursor):
                return Cursor(cursor.epoch, cursor.seq)
            session.execute(
                sa.text("UPDATE cursor SET tries = tries + 1 WHERE source = :source"),
                {"source": self.batch.source},
            )
            return Cursor(cursor.epoch, cursor.seq, cursor.tries + 1)

    def following(self, cursor: Cursor) -> list[Event]:
        return [event for event in map(self.parse, self.batch.events) if event.seq > cursor.seq]

    def parse(self, wire: Mapping[str, Any]) -> Event:
        return event_from(wire, self.batch.source, self.batch.epoch)

    def enter(self, session: orm.Session, event: Event) -> None:
        scope = scope_for(self.consumer, event)
        if session.info.get("scope") != scope:
            set_scope(session, scope)
        if event.school_id not in self.blocked:
            keys = {wire["key"] for wire in self.batch.events if wire["school_id"] == str(event.school_id)}
            self.blocked[event.school_id] = parked_keys(session, self.batch.source, keys)

    def handle(self, session: orm.Session, event: Event) -> None:
        handler = self.handlers.get(event.type)
        if handler is None:
            return
        if event.key in self.blocked[event.school_id]:
            park(session, event, "waits for an earlier one")
        else:
            handler(session, event)

    def handle_or_park(self, session: orm.Session, event: Event) -> None:
        try:
            with session.begin_nested():
                self.handle(session, event)
        except NOT_THE_EVENTS_FAULT:
            raise
        except Exception as error:  # whatever a handler may raise: its event steps aside, the rest flows
            self.park(session, event, reason_of(error))

    def park(self, session: orm.Session, event: Event, reason: str) -> None:
        self.blocked[event.school_id].add(event.key)
        park(session, event, reason)
        log.error(
            "event.parked", consumer=self.consumer, source=event.source, seq=event.seq, type=event.type,
            reason=reason,
        )  # fmt: skip

    def move(self, session: orm.Session, events: Sequence[Event], cursor: Cursor) -> int:
        if not events:
            return cursor.seq  # tries stay: an empty batch that only asks proves nothing
        move_cursor(session, self.batch.source, self.batch.epoch, events[-1].seq)
        return events[-1].seq


def receive(database: Database, consumer: str, subscriptions: Subscriptions, batch: Batch) -> Acknowledgement:
    """Applies what follows the cursor and says where it stands now. Raises RebuildNeededError."""
    receiver = _Receiver(database, consumer, subscriptions.HANDLERS, batch)
    if batch.attempt > 1 and batch.events and receiver.count_try().tries >= SINGLY_FROM:
        return receiver.singly()
    try:
        return receiver.at_once()
    except (RebuildNeededError, *NOT_THE_EVENTS_FAULT):
        raise
    except Exception as error:  # some handler's: find out whose, event by event
        log.warning("events.batch_failed", consumer=consumer, source=batch.source, reason=reason_of(error))
    return receiver.with_savepoints()
