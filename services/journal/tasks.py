"""What journal does off the request: hears events, answers, sweeps, tidies at night."""

from __future__ import annotations

import uuid

from celery import Celery

from services.common.clock import now
from services.common.db import Scope
from services.common.events.tasks import register_event_tasks
from services.common.service import Service
from services.journal import subscriptions
from services.journal.imports.commands import forget_old
from services.journal.marks.commands import forget_operations


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""
    register_event_tasks(celery, service, subscriptions)

    def tidy(school: str) -> None:
        tidy_school(service, uuid.UUID(school))

    celery.task(name="journal.tidy")(tidy)


def tidy_school(service: Service, school_id: uuid.UUID) -> None:
    """Lets go of what is kept for a time only: lists that were sent in, ids of operations."""
    with service.database.transaction(Scope(school_id=school_id, actor="service:journal")) as session:
        forget_old(session, now())
        forget_operations(session, now())
