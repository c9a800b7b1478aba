"""Work with an outside effect: rows with a state and a lease, claimed by whoever is told that some are due.

Who makes a row says `tell` in the same transaction; the scheduler hears it and sends `<service>.work` to the
row's queue. A task takes a school and nothing else; the row says what remains, a sweep finds the forgotten.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from celery import Celery
from sqlalchemy import orm

from services.common.clock import NO_PAUSE_IS_SO_LONG
from services.common.db import Database, Scope, scope_of
from services.common.service import Service

CHANNEL = "work"

Worker = Callable[[uuid.UUID], None]
"""Does what is due of one kind in one school."""
DueSchools = Callable[[], Mapping[str, set[uuid.UUID]]]


def tell(session: orm.Session, queue: str, seconds: float = 0) -> None:
    """Once this transaction commits, `queue` hears that its school has work in `seconds`."""
    payload = f"{queue}:{scope_of(session).school_id}:{max(0, round(seconds))}"
    session.execute(sa.text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload})


def tell_again(database: Database, service: str, queue: str, school_id: uuid.UUID, seconds: float) -> None:
    """As `tell`, for a worker that leaves something for later."""
    with database.transaction(Scope(school_id=school_id, actor=f"service:{service}")) as session:
        tell(session, queue, seconds)


def lease_is_over(lease_until: sa.SQLColumnExpression[Any], now: dt.datetime) -> sa.ColumnElement[bool]:
    """Whether somebody else may claim the row."""
    return sa.or_(lease_until < now, lease_until > now + NO_PAUSE_IS_SO_LONG)


def register_work_tasks(celery: Celery, service: Service, workers: Mapping[str, Worker]) -> None:
    """`<service>.work(kind, school)`: kind is the queue that its worker listens on."""

    def work(kind: str, school: str) -> None:
        workers[kind](uuid.UUID(school))

    # Acknowledged late so that a dead worker's task comes again; never rejected, for a killer would loop hot.
    celery.task(name=f"{service.name}.work", acks_late=True, reject_on_worker_lost=False)(work)
