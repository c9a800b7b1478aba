"""Workers of notifications alone, the separate form.

`celery -A services.notifications.worker worker -Q notifications,notifications.relay` hears events;
`… -P solo -Q notifications.mail` keeps the connection to the relay: a hanging one must not hold up events.
"""

from __future__ import annotations

from services.common.celery import worker_app
from services.notifications.messages.commands import MAIL_QUEUE
from services.notifications.service import build
from services.notifications.tasks import register

celery = worker_app("notifications", {"notifications": (build, register)}, more_queues=[MAIL_QUEUE])
