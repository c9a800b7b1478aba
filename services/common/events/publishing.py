"""The producer's first step: what happened, written beside what changed, in the same transaction.

`publish` only collects. Before the transaction commits everything else is flushed, so that every lock on the
rows told about is held, and only then the events get their place in the outbox: two writers of one row come
out in the order in which they changed it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable
from weakref import WeakKeyDictionary

import orjson
import sqlalchemy as sa
from sqlalchemy import orm

from services.common.clock import now
from services.common.db import scope_of

_FACTS = "facts to publish"
_MARKS = "facts to publish, counted at savepoints"

# In the order in which they happened: ids are dealt to rows as they come out of the ORDER BY.
_INSERT = sa.text(
    "WITH written AS (INSERT INTO outbox (school_id, type, key, origin, occurred_at, request_id, data)"
    " SELECT school_id, type, key, origin, occurred_at, request_id, CAST(data AS jsonb)"
    " FROM unnest(CAST(:school_id AS uuid[]), CAST(:type AS text[]), CAST(:key AS text[]), CAST(:origin AS text[]),"
    " CAST(:occurred_at AS timestamptz[]), CAST(:request_id AS text[]), CAST(:data AS text[])) WITH ORDINALITY"
    " AS fact (school_id, type, key, origin, occurred_at, request_id, data, place) ORDER BY place)"
    " SELECT pg_notify('relay', '')"
)


@runtime_checkable
class EventData(Protocol):
    """A frozen dataclass of `services/<s>/events.py`: what happened, in ids, days and symbols.

    A field whose name is a word of Python ends in `_`; the payload says it without (`from_` -> `from`).
    """

    type: ClassVar[str]
    """`<service>.<noun>.<past verb>.v<n>`."""

    @property
    def key(self) -> str:
        """What the event is about: events of one key are applied in order or not at all."""
        ...


@dataclass(frozen=True)
class Event:
    """One event as a consumer meets it."""

    source: str
    epoch: str
    seq: int
    school_id: uuid.UUID
    type: str
    key: str
    origin: str
    occurred_at: dt.datetime
    request_id: str
    data: Mapping[str, Any]


def publish(session: orm.Session, fact: EventData) -> None:
    """Tells the other services of `fact` once this transaction commits, for the school that is set in it."""
    scope = scope_of(session)
    if scope.school_id is None:
        raise ValueError(f"{fact.type} is published outside a school")
    session.info.setdefault(_FACTS, []).append(
        {
            "school_id": scope.school_id,
            "type": fact.type,
            "key": fact.key,
            "origin": scope.origin,
            "occurred_at": now(),
            "request_id": scope.request_id,
            "data": _payload(fact),
        }
    )


def _payload(fact: EventData) -> str:
    fields = dataclasses.fields(fact)  # type: ignore[arg-type]  # a protocol cannot ask for a dataclass
    content = {field.name.rstrip("_"): getattr(fact, field.name) for field in fields}
    return orjson.dumps(content, default=str).decode()


@sa.event.listens_for(orm.Session, "before_commit")
def _write_outbox(session: orm.Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_FACTS):
        return
    session.flush()
    facts = session.info.pop(_FACTS)
    columns = {name: [fact[name] for fact in facts] for name in facts[0]}
    session.connection().execute(_INSERT, columns)


@sa.event.listens_for(orm.Session, "after_transaction_create")
def _remember_savepoint(session: orm.Session, transaction: orm.SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, WeakKeyDictionary())[transaction] = len(session.info.get(_FACTS, ()))


@sa.event.listens_for(orm.Session, "after_soft_rollback")
def _forget_rolled_back(session: orm.Session, transaction: orm.SessionTransaction) -> None:
    """What was published inside a savepoint that is taken back was never published."""
    mark = session.info.get(_MARKS, {}).pop(transaction, None)
    if transaction.nested and mark is not None:
        del session.info.get(_FACTS, [])[mark:]
    elif transaction.parent is None:
        session.info.pop(_FACTS, None)
