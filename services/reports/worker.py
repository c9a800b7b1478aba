"""Workers of reports alone, the separate form.

`celery -A services.reports.worker worker -Q reports,reports.relay` hears events and asks for snapshots;
`… -Q reports.slow` renders: slow work in the same children would hold events up.
"""

from __future__ import annotations

from services.common.celery import worker_app
from services.reports.jobs.commands import RENDERING
from services.reports.service import build
from services.reports.tasks import register

celery = worker_app("reports", {"reports": (build, register)}, more_queues=[RENDERING])
