"""Takes jobs forward: asks for snapshots, renders what is ready; no transaction is open while it works."""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import orjson
from sqlalchemy.orm import Session

from services.common import clock
from services.common.db import Scope
from services.common.events.parking import schools_of
from services.common.files import FileStore, StoreFullError
from services.common.logging import logger
from services.common.service import Service
from services.common.work import tell, tell_again
from services.reports.forms.catalogue import FORMS, Request
from services.reports.jobs import commands, letting_go
from services.reports.jobs.commands import ASKING, RENDERING, Claim, Question
from services.reports.jobs.rules import Failure

log = logger(__name__)

Ask = Callable[[uuid.UUID, Question], None]
"""Sends the question for a snapshot of a school to journal's queue."""
AskToRemove = Callable[[uuid.UUID, str], None]
"""Sends the request to remove a snapshot's file of a school."""
SOON = dt.timedelta(seconds=60)
"""What is to be asked again within this is told of; anything later the minute's sweep finds."""


def report_store(service: Service) -> FileStore:
    return FileStore(service.settings.data, "reports", "reports")


class Reporter:
    """Works for all schools; what it loses in dying, the sweep finds."""

    def __init__(self, service: Service, ask: Ask, now: Callable[[], dt.datetime] = clock.now) -> None:
        self._service = service
        self._ask = ask
        self._now = now
        self._snapshots = FileStore(service.settings.data, "journal", "snapshots")
        self._files = report_store(service)

    def ask_due(self, school_id: uuid.UUID) -> None:
        """Asks journal for the snapshots of this school that nobody has answered yet."""
        with self._transaction(school_id) as session:
            questions = commands.questions_due(session, self._now())
        for question in questions:
            self._ask(school_id, question)
        with self._transaction(school_id) as session:
            again = commands.next_question_at(session)
        if again is not None and again - self._now() <= SOON:
            seconds = (again - self._now()).total_seconds()
            tell_again(self._service.database, self._service.name, ASKING, school_id, seconds + 1)

    def render_due(self, school_id: uuid.UUID) -> None:
        """Renders every job of this school whose snapshot is there."""
        while True:
            with self._transaction(school_id) as session:
                held = commands.claim(session, self._now())
            if held is None:
                return
            self._render(school_id, held)

    def tell_of_forgotten(self) -> None:
        """The sweep: what nobody was told of, or whose worker died."""
        for school_id in schools_of(self._service.database, self._service.name):
            with self._transaction(school_id) as session:
                to_ask, to_render = commands.has_due(session, self._now())
                if to_ask:
                    tell(session, ASKING)
                if to_render:
                    tell(session, RENDERING)

    def let_go(self, ask_to_remove: AskToRemove) -> None:
        """The sweep: snapshots that nobody needs any more."""
        for school_id in schools_of(self._service.database, self._service.name):
            with self._transaction(school_id) as session:
                names = letting_go.unused(session, self._now())
            for name in names:
                ask_to_remove(school_id, name)

    def _render(self, school_id: uuid.UUID, held: Claim) -> None:
        try:
            document = orjson.loads(gzip.decompress(self._snapshots.get(school_id, held.sha256)))
        except FileNotFoundError:
            log.warning("report.snapshot_lost", job=str(held.job_id))
            with self._transaction(school_id) as session:
                commands.ask_anew(session, held.snapshot_id, self._now())
            return
        request = Request(document, held.parameters, held.author, held.sha256)
        try:
            if self._make(school_id, held, request):
                self._finish(school_id, held)
                log.info("report.done", job=str(held.job_id), form=held.form, attempt=held.attempt)
        except StoreFullError:
            log.error("report.no_room", job=str(held.job_id))
            self._finish(school_id, held, Failure.NO_ROOM)

    def _make(self, school_id: uuid.UUID, held: Claim, request: Request) -> bool:
        """Makes every file; False when the job is no longer this process's. Raises StoreFullError."""
        form = FORMS[held.form]
        pages = [self._files.put(school_id, picture) for picture in form.pages(request)]
        with self._transaction(school_id) as session:
            if not commands.record_pages(session, held, pages, self._now()):
                return False
        for format in held.formats:
            content = form.formats[format](request)
            sha256 = self._files.put(school_id, content)
            with self._transaction(school_id) as session:
                if not commands.record_file(session, held, format, sha256, len(content), self._now()):
                    return False
        return True

    def _finish(self, school_id: uuid.UUID, held: Claim, failure: Failure | None = None) -> None:
        with self._transaction(school_id) as session:
            commands.finish(session, held, self._now(), failure)

    def _transaction(self, school_id: uuid.UUID) -> AbstractContextManager[Session]:
        scope = Scope(school_id=school_id, actor=f"service:{self._service.name}")
        return self._service.database.transaction(scope)
