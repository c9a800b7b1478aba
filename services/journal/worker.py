"""`celery -A services.journal.worker worker -Q journal,journal.relay`: journal alone, the separate form."""

from __future__ import annotations

from services.common.celery import worker_app
from services.journal.service import build
from services.journal.tasks import register

celery = worker_app("journal", {"journal": (build, register)})
