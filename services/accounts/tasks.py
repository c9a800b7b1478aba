"""What accounts does off the request: hears events, answers, sweeps, asks the services what they keep of somebody."""

from __future__ import annotations

import uuid

from celery import Celery

from services.accounts import subscriptions
from services.accounts.privacy_requests.asking import Gatherer
from services.accounts.privacy_requests.commands import GATHERING, Question
from services.common.celery import send
from services.common.events.tasks import register_event_tasks
from services.common.service import Service
from services.common.work import register_work_tasks

_QUEUES = {"journal": "journal.slow"}
"""Where a service gathers; without an entry on its own queue."""


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""

    def ask(school_id: uuid.UUID, question: Question) -> None:
        send(
            celery,
            f"{question.service}.gather",
            _QUEUES.get(question.service, question.service),
            request=str(question.request_id),
            school=str(school_id),
            person=str(question.subject_id),
        )

    gatherer = Gatherer(service, ask)
    register_event_tasks(celery, service, subscriptions, sweeps=[gatherer.tell_of_forgotten])
    register_work_tasks(celery, service, {GATHERING: gatherer.ask_due})
