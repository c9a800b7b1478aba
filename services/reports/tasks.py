"""What reports does off the request: hears of schools and snapshots, asks, renders, sweeps, tells what it keeps."""

from __future__ import annotations

import datetime as dt
import uuid

from celery import Celery

from services.common.celery import send
from services.common.clock import now
from services.common.db import Scope
from services.common.events.tasks import register_event_tasks
from services.common.personal_data.destroying import register_destroying
from services.common.personal_data.tasks import register_gathering
from services.common.service import Service
from services.common.work import register_work_tasks
from services.reports import subscriptions
from services.reports.jobs import letting_go
from services.reports.jobs.commands import ASKING, RENDERING, Question, snapshot_failed, snapshot_ready
from services.reports.jobs.destroying import destroys_files
from services.reports.jobs.rules import Failure
from services.reports.jobs.working import Reporter, report_store
from services.reports.personal_data.queries import gather


def register(celery: Celery, service: Service) -> None:
    """Makes this service's tasks known to `celery`."""

    def ask(school_id: uuid.UUID, question: Question) -> None:
        send(
            celery,
            "journal.take_snapshot",
            "journal.slow",
            request=str(question.id),
            school=str(school_id),
            kind=question.kind,
            object_id=str(question.object_id),
        )

    def ask_to_remove(school_id: uuid.UUID, sha256: str) -> None:
        send(celery, "journal.remove_snapshot", "journal.slow", school=str(school_id), sha256=sha256)

    def let_go() -> None:
        reporter.let_go(ask_to_remove)

    reporter = Reporter(service, ask)
    register_event_tasks(celery, service, subscriptions, sweeps=[reporter.tell_of_forgotten, let_go])
    register_gathering(celery, service, gather)
    register_work_tasks(celery, service, {ASKING: reporter.ask_due, RENDERING: reporter.render_due})
    register_destroying(celery, service, {"report_files": destroys_files(report_store(service))}, queue=RENDERING)

    def answer(request: str, school: str, sha256: str | None, as_of: str | None, problem: str) -> None:
        take_answer(service, request, school, sha256, as_of, problem)

    def removed(school: str, sha256: str) -> None:
        take_removal(service, school, sha256)

    celery.task(name="reports.snapshot_answered")(answer)
    celery.task(name="reports.snapshot_removed")(removed)


def take_removal(service: Service, school: str, sha256: str) -> None:
    """Journal has removed the file of a snapshot that nobody needed."""
    with service.database.transaction(Scope(school_id=uuid.UUID(school), actor="service:reports")) as session:
        letting_go.removed(session, sha256)


def take_answer(
    service: Service, request: str, school: str, sha256: str | None, as_of: str | None, problem: str
) -> None:
    """Journal's answer about a snapshot: the file's name, or why there is none."""
    with service.database.transaction(Scope(school_id=uuid.UUID(school), actor="service:reports")) as session:
        if sha256 and as_of:
            snapshot_ready(session, uuid.UUID(request), sha256, dt.datetime.fromisoformat(as_of))
        else:
            snapshot_failed(session, uuid.UUID(request), Failure(problem), now())
