"""What journal does off the request: hears events, answers, sweeps, tidies at night, tells what it keeps."""

from __future__ import annotations

import uuid

from celery import Celery

from services.common.celery import send
from services.common.clock import now
from services.common.db import Scope
from services.common.events.tasks import register_event_tasks
from services.common.files import StoreFullError
from services.common.logging import logger
from services.common.personal_data.destroying import register_destroying, rows_of
from services.common.personal_data.tasks import register_gathering
from services.common.service import Service
from services.journal import subscriptions
from services.journal.imports.commands import forget_old
from services.journal.marks.remembering import forget_operations
from services.journal.people.destroying import destroy_contacts
from services.journal.personal_data.queries import gather
from services.journal.snapshots.taking import snapshot_store, take

SLOW_QUEUE = "journal.slow"
"""Of work that would hold events up."""

DESTROYERS = {"contacts": destroy_contacts, "card_views": rows_of("card_view")}
"""Of what journal keeps, by category."""

log = logger(__name__)


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""
    register_event_tasks(celery, service, subscriptions)
    register_gathering(celery, service, gather)
    register_destroying(celery, service, DESTROYERS, queue=SLOW_QUEUE)

    def tidy(school: str) -> None:
        tidy_school(service, uuid.UUID(school))

    def take_snapshot(request: str, school: str, kind: str, object_id: str) -> None:
        send(celery, "reports.snapshot_answered", "reports", request=request, school=school,
             **snapshot_answer(service, school, kind, object_id))  # fmt: skip

    def remove_snapshot(school: str, sha256: str) -> None:
        snapshot_store(service).remove(uuid.UUID(school), sha256)
        send(celery, "reports.snapshot_removed", "reports", school=school, sha256=sha256)

    celery.task(name="journal.remove_snapshot")(remove_snapshot)
    celery.task(name="journal.tidy")(tidy)
    celery.task(name="journal.take_snapshot")(take_snapshot)


def snapshot_answer(service: Service, school: str, kind: str, object_id: str) -> dict[str, str | None]:
    """The name of the snapshot's file, or why there is none: `gone`, `no-room`."""
    try:
        taken = take(service, uuid.UUID(school), kind, uuid.UUID(object_id))
    except StoreFullError:
        log.error("snapshot.no_room", kind=kind)
        return {"sha256": None, "as_of": None, "problem": "no-room"}
    if taken is None:
        return {"sha256": None, "as_of": None, "problem": "gone"}
    return {"sha256": taken.sha256, "as_of": taken.as_of, "problem": ""}


def tidy_school(service: Service, school_id: uuid.UUID) -> None:
    """Lets go of what is kept for a time only: lists that were sent in, ids of operations."""
    with service.database.transaction(Scope(school_id=school_id, actor="service:journal")) as session:
        forget_old(session, now())
        forget_operations(session, now())
