"""What accounts does off the request: hears events, answers, has data destroyed, sweeps."""

from __future__ import annotations

import uuid

from celery import Celery

from services.accounts import subscriptions
from services.accounts.retention.commands import ASKING
from services.accounts.retention.working import DESTROYERS, Destruction, OwnOrders
from services.common.celery import send
from services.common.events.tasks import register_event_tasks
from services.common.personal_data.destroying import register_destroying
from services.common.service import Service
from services.common.work import register_work_tasks

SLOW_QUEUES = {"journal": "journal.slow", "reports": "reports.slow"}
"""Where services do what would hold their events up; the others have the one queue."""


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""

    def send_order(to: str, school_id: uuid.UUID, order_id: uuid.UUID) -> None:
        send(celery, f"{to}.destroy", SLOW_QUEUES.get(to, to), order=str(order_id), school=str(school_id))

    destruction = Destruction(service, send_order)
    register_event_tasks(celery, service, subscriptions, sweeps=[destruction.tell_of_forgotten])
    register_work_tasks(celery, service, {ASKING: destruction.ask_due})
    register_destroying(celery, service, DESTROYERS, OwnOrders(service))
