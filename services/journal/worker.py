"""Workers of journal alone, the separate form.

`celery -A services.journal.worker worker -Q journal,journal.relay` hears events; `… -Q journal.slow` takes snapshots.
"""

from __future__ import annotations

from services.common.celery import worker_app
from services.journal.service import build
from services.journal.tasks import SLOW_QUEUE, register

celery = worker_app("journal", {"journal": (build, register)}, more_queues=[SLOW_QUEUE])
