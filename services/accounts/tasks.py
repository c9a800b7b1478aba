"""What accounts does off the request: hears events, answers, sweeps; has data gathered and destroyed."""

from __future__ import annotations

import uuid

from celery import Celery

from services.accounts import subscriptions
from services.accounts.privacy_requests.asking import Gatherer
from services.accounts.privacy_requests.commands import Question
from services.accounts.queues import WORK
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

    def ask(school_id: uuid.UUID, question: Question) -> None:
        send(
            celery,
            f"{question.service}.gather",
            SLOW_QUEUES.get(question.service, question.service),
            request=str(question.request_id),
            school=str(school_id),
            person=str(question.subject_id),
        )

    def send_order(to: str, school_id: uuid.UUID, order_id: uuid.UUID) -> None:
        send(celery, f"{to}.destroy", SLOW_QUEUES.get(to, to), order=str(order_id), school=str(school_id))

    def work(school_id: uuid.UUID) -> None:
        gatherer.ask_due(school_id)
        destruction.ask_due(school_id)

    gatherer, destruction = Gatherer(service, ask), Destruction(service, send_order)
    sweeps = [gatherer.tell_of_forgotten, destruction.tell_of_forgotten]
    register_event_tasks(celery, service, subscriptions, sweeps=sweeps)
    register_work_tasks(celery, service, {WORK: work})
    register_destroying(celery, service, DESTROYERS, OwnOrders(service))
