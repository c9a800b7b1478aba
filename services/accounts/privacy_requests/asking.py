"""Asks every service for what it keeps about the subject of a request, again and again until it has answered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from services.accounts.personal_data.queries import gather
from services.accounts.privacy_requests import commands
from services.accounts.privacy_requests.commands import Question
from services.accounts.privacy_requests.queries import has_questions_due
from services.accounts.queues import WORK
from services.common import clock
from services.common.db import Scope
from services.common.events.parking import schools_of
from services.common.logging import logger
from services.common.personal_data.sections import told
from services.common.service import Service
from services.common.work import tell

log = logger(__name__)

Ask = Callable[[uuid.UUID, Question], None]
"""Sends the question about a person of a school to the service's queue."""


class Gatherer:
    """Works for all schools; what it loses in dying, the sweep finds."""

    def __init__(self, service: Service, ask: Ask, now: Callable[[], dt.datetime] = clock.now) -> None:
        self._service = service
        self._ask = ask
        self._now = now

    def ask_due(self, school_id: uuid.UUID) -> None:
        """Asks what nobody has answered yet; what accounts keeps itself is read here."""
        with self._transaction(school_id) as session:
            questions = commands.questions_due(session, self._now())
        for question in questions:
            if question.service == self._service.name:
                self._answer(school_id, question)
            else:
                self._ask(school_id, question)

    def tell_of_forgotten(self) -> None:
        """The sweep: questions that are due again, copies whose time is over."""
        for school_id in schools_of(self._service.database, self._service.name):
            with self._transaction(school_id) as session:
                if has_questions_due(session, self._now()):
                    tell(session, WORK)
                gone = commands.let_go(session, self._now())
            if gone:
                log.info("privacy.copies_let_go", parts=gone)

    def _answer(self, school_id: uuid.UUID, question: Question) -> None:
        with self._service.database.snapshot(self._scope(school_id)) as session:
            sections = told(gather(session, question.subject_id))
        with self._transaction(school_id) as session:
            commands.take_part(session, question.request_id, self._service.name, sections, self._now())

    def _transaction(self, school_id: uuid.UUID) -> AbstractContextManager[Session]:
        return self._service.database.transaction(self._scope(school_id))

    def _scope(self, school_id: uuid.UUID) -> Scope:
        return Scope(school_id=school_id, actor=f"service:{self._service.name}")
