"""Tells services what to destroy, and again until they answer; destroys what accounts keeps itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping

from services.accounts.queues import WORK
from services.accounts.retention import commands, queries
from services.common import clock
from services.common.db import Scope
from services.common.events.parking import schools_of
from services.common.personal_data.destroying import Destroy, Order, rows_of
from services.common.service import Service
from services.common.work import tell

Send = Callable[[str, uuid.UUID, uuid.UUID], None]
"""Sends a service's `destroy` for a school and an order to its queue."""

DESTROYERS: Mapping[str, Destroy] = {"sign_ins": rows_of("sign_in_event")}
"""Of what accounts keeps, by category."""


class Destruction:
    """Works for all schools; what it loses in dying, the sweep finds."""

    def __init__(self, service: Service, send: Send, now: Callable[[], dt.datetime] = clock.now) -> None:
        self._service = service
        self._send = send
        self._now = now

    def ask_due(self, school_id: uuid.UUID) -> None:
        """Tells the services of this school's parts that nobody has answered yet."""
        with self._service.database.transaction(_scope(school_id)) as session:
            asked = commands.parts_due(session, self._now())
        for one in asked:
            self._send(one.service, school_id, one.id)

    def tell_of_forgotten(self) -> None:
        """The sweep: what nobody was told of, or has not answered."""
        for school_id in schools_of(self._service.database, self._service.name):
            with self._service.database.transaction(_scope(school_id)) as session:
                if queries.has_due(session, self._now()):
                    tell(session, WORK)


class OwnOrders:
    """The orders of accounts to itself: it does not ask over HTTP what it knows."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def order(self, school_id: uuid.UUID, order_id: uuid.UUID) -> Order:
        """Raises NotFoundError."""
        with self._service.database.read(_scope(school_id)) as session:
            return queries.order_for(session, order_id, self._service.name)

    def done(self, order: Order, destroyed: int) -> None:
        """Raises NotFoundError."""
        with self._service.database.transaction(_scope(order.school_id)) as session:
            commands.part_done(session, order.id, self._service.name, destroyed, clock.now())


def _scope(school_id: uuid.UUID) -> Scope:
    return Scope(school_id=school_id, actor="service:accounts")
