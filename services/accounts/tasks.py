"""What accounts does off the request: hears events, answers, sweeps."""

from __future__ import annotations

from celery import Celery

from services.accounts import subscriptions
from services.common.events.tasks import register_event_tasks
from services.common.service import Service


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""
    register_event_tasks(celery, service, subscriptions)
