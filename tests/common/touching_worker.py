"""`celery -A tests.common.touching_worker worker`: a worker whose only task touches a file."""

from __future__ import annotations

import os
from pathlib import Path

from services.common.celery import create_celery

celery = create_celery("touching", os.environ["REDIS_URL"], ["work"])


@celery.task(name="touch")
def touch(path: str) -> None:
    Path(path).touch()
