"""`celery -A services.accounts.worker worker -Q accounts,accounts.relay`: accounts alone, the separate form."""

from __future__ import annotations

from services.accounts.service import build
from services.accounts.tasks import register
from services.common.celery import worker_app

celery = worker_app("accounts", {"accounts": (build, register)})
