"""What notifications does off the request: hears events, sends mail, tells what it keeps, destroys, sweeps."""

from __future__ import annotations

from celery import Celery

from services.common.events.tasks import register_event_tasks
from services.common.personal_data.destroying import register_destroying, rows_of
from services.common.personal_data.tasks import register_gathering
from services.common.service import Service
from services.common.work import register_work_tasks
from services.notifications import subscriptions
from services.notifications.messages.commands import MAIL_QUEUE
from services.notifications.messages.delivering import Mailer
from services.notifications.messages.smtp import Sender
from services.notifications.personal_data.queries import gather

DESTROYERS = {
    "letters": rows_of("delivery", "message", "absence"),
    "held_addresses": rows_of("held_address"),
}
"""Of what notifications keeps, by category."""


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""
    mailer = Mailer(service, Sender(service.settings.smtp_url))
    register_event_tasks(celery, service, subscriptions, sweeps=[mailer.tell_of_forgotten])
    register_gathering(celery, service, gather)
    register_work_tasks(celery, service, {MAIL_QUEUE: mailer.deliver_due})
    register_destroying(celery, service, DESTROYERS)
