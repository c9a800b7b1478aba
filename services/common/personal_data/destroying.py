"""`<service>.destroy`: rows and files go under an order of accounts, batch by batch, and accounts is told how many.

The task carries ids and nothing else. It may run twice and die anywhere: each batch and its count are one
transaction, and an order that is done is reported once more as it is. What may go is the database's to say: a trigger
on each table lets no row go without an order that it is due under (`destroyable` in `services/common/ddl.py`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from celery import Celery
from sqlalchemy.orm import Session

from services.common.celery import send
from services.common.db import Scope
from services.common.logging import logger
from services.common.service import Service

log = logger(__name__)

BATCH = 5_000
"""Rows of one transaction, at most."""
BATCHES = 20
"""Transactions of one task; then the rest waits its turn in the queue like everything else."""
_SECONDS = 10.0

# Names of tables and columns are the program's own.
_DUE = (
    "SELECT gone.COLUMN FROM TABLE AS gone, destruction_order AS due"
    " WHERE due.id = :order AND is_due_TABLE(gone, due) LIMIT :most"
)
_DESTROY = "DELETE FROM TABLE WHERE ctid = ANY (ARRAY(FOUND)) RETURNING 1".replace("FOUND", _DUE)


@dataclass(frozen=True)
class Order:
    """What is to go: a category of one person, or all of it that is older than a day."""

    id: uuid.UUID
    school_id: uuid.UUID
    category: str
    person_id: uuid.UUID | None
    before: dt.date | None


Destroy = Callable[[Session, Order, int], int]
"""Destroys up to so many rows that are due; how many. Nothing was left where it says 0."""


class Orders(Protocol):
    """Where orders come from and are answered."""

    def order(self, school_id: uuid.UUID, order_id: uuid.UUID) -> Order:
        """What is to go."""

    def done(self, order: Order, destroyed: int) -> None:
        """All of it is gone: so many rows."""


class OrdersOfAccounts:
    """Asks and answers over HTTP. Raises ServiceSilentError, UnexpectedAnswerError."""

    def __init__(self, service: Service) -> None:
        self._client = service.client

    def order(self, school_id: uuid.UUID, order_id: uuid.UUID) -> Order:
        told = self._client.get("accounts", self._path(order_id), _SECONDS, school=str(school_id))
        person, before = told["person_id"], told["before"]
        return Order(
            order_id,
            school_id,
            told["category"],
            uuid.UUID(person) if person else None,
            dt.date.fromisoformat(before) if before else None,
        )

    def done(self, order: Order, destroyed: int) -> None:
        said = {"school_id": str(order.school_id), "destroyed": destroyed}
        self._client.post("accounts", f"{self._path(order.id)}/done", said, _SECONDS)

    @staticmethod
    def _path(order_id: uuid.UUID) -> str:
        return f"/internal/accounts/v1/destructions/{order_id}"


def register_destroying(
    celery: Celery,
    service: Service,
    destroyers: Mapping[str, Destroy],
    orders: Orders | None = None,
    queue: str = "",
) -> None:
    """Makes `<service>.destroy` known to `celery`; what is left over goes to `queue`, else the service's own."""
    source, task = orders or OrdersOfAccounts(service), f"{service.name}.destroy"

    def destroy(order: str, school: str) -> None:
        if not carry_out(service, destroyers, source, uuid.UUID(school), uuid.UUID(order)):
            send(celery, task, queue or service.name, order=order, school=school)

    # Late, so that a dead worker's task comes again; accounts asks again, too.
    celery.task(name=task, acks_late=True, reject_on_worker_lost=False)(destroy)


def carry_out(
    service: Service,
    destroyers: Mapping[str, Destroy],
    orders: Orders,
    school_id: uuid.UUID,
    order_id: uuid.UUID,
    batches: int = BATCHES,
) -> bool:
    """Destroys what an order says, as far as `batches` go; whether it is done and reported."""
    scope = Scope(school_id=school_id, actor=f"service:{service.name}", reason=f"destruction {order_id}")
    with service.database.read(scope) as session:
        known = _kept(session, order_id)
    if known is None:
        order = orders.order(school_id, order_id)
        with service.database.transaction(scope) as session:
            _keep(session, order)
    for _ in range(batches):
        with service.database.transaction(scope) as session:
            order, destroyed, done = _batch(session, destroyers, order_id)
        if done:
            orders.done(order, destroyed)
            log.info("destruction.done", order=str(order_id), category=order.category, destroyed=destroyed)
            return True
    return False


def due_rows(session: Session, order: Order, table: str, most: int, told: str) -> list[Any]:
    """Of up to `most` rows of `table` that are due: this column."""
    statement = _DUE.replace("TABLE", table).replace("COLUMN", told)
    return list(session.execute(sa.text(statement), {"order": order.id, "most": most}).scalars())


def destroy_rows(session: Session, order: Order, table: str, most: int) -> int:
    """Deletes up to `most` rows of `table` that are due; how many."""
    statement = _DESTROY.replace("TABLE", table).replace("COLUMN", "ctid")
    return len(session.execute(sa.text(statement), {"order": order.id, "most": most}).all())


def rows_of(*tables: str) -> Destroy:
    """A destroyer of rows of these tables, those first that refer to others."""

    def destroy(session: Session, order: Order, most: int) -> int:
        gone = 0
        for table in tables:
            if gone < most:
                gone += destroy_rows(session, order, table, most - gone)
        return gone

    return destroy


def _batch(session: Session, destroyers: Mapping[str, Destroy], order_id: uuid.UUID) -> tuple[Order, int, bool]:
    """The order, how many rows went under it so far, and whether all did."""
    row = session.execute(
        sa.text(
            "SELECT school_id, category, person_id, before, destroyed, done_at FROM destruction_order"
            " WHERE id = :id FOR UPDATE"
        ),
        {"id": order_id},
    ).one()
    order = Order(order_id, row.school_id, row.category, row.person_id, row.before)
    if row.done_at is not None:
        return order, row.destroyed, True
    session.execute(sa.text("SELECT set_config('app.destruction_order', :id, true)"), {"id": str(order_id)})
    gone = destroyers[order.category](session, order, BATCH)
    session.execute(
        sa.text(
            "UPDATE destruction_order SET destroyed = destroyed + :gone,"
            " done_at = CASE WHEN :gone = 0 THEN now() END WHERE id = :id"
        ),
        {"gone": gone, "id": order_id},
    )
    return order, row.destroyed + gone, gone == 0


def _kept(session: Session, order_id: uuid.UUID) -> uuid.UUID | None:
    return session.execute(
        sa.text("SELECT id FROM destruction_order WHERE id = :id"), {"id": order_id}
    ).scalar_one_or_none()


def _keep(session: Session, order: Order) -> None:
    session.execute(
        sa.text(
            "INSERT INTO destruction_order (school_id, id, category, person_id, before)"
            " VALUES (:school_id, :id, :category, :person_id, :before) ON CONFLICT DO NOTHING"
        ),
        vars(order),
    )
