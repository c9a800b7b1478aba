"""`celery -A services.worker worker -Q …`: one worker for the queues of all services, the embedded form."""

from __future__ import annotations

from services.accounts import service as accounts_service
from services.accounts import tasks as accounts_tasks
from services.common.celery import worker_app
from services.journal import service as journal_service
from services.journal import tasks as journal_tasks
from services.notifications import service as notifications_service
from services.notifications import tasks as notifications_tasks
from services.reports import service as reports_service
from services.reports import tasks as reports_tasks

PARTS = {
    "accounts": (accounts_service.build, accounts_tasks.register),
    "journal": (journal_service.build, journal_tasks.register),
    "notifications": (notifications_service.build, notifications_tasks.register),
    "reports": (reports_service.build, reports_tasks.register),
}

celery = worker_app("zhurnal", PARTS, more_queues=["notifications.mail", "journal.slow", "reports.slow"])
