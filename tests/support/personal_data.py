"""What a service tells of a person, as accounts gets it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from services.accounts.privacy_requests.asking import Gatherer
from services.accounts.privacy_requests.commands import Question
from services.common.db import Scope
from services.common.identity import ServiceSilentError
from services.common.personal_data.sections import told
from services.common.personal_data.tasks import Gather, answer
from services.common.service import Service
from services.journal.personal_data.queries import gather as gather_journal
from services.notifications.personal_data.queries import gather as gather_notifications
from services.reports.personal_data.queries import gather as gather_reports
from tests.support.school import School

Told = dict[str, list[dict[str, Any]]]
"""Rows by the name of their section."""


def told_of(service: Service, gather: Gather, school_id: uuid.UUID, person_id: uuid.UUID | str) -> Told:
    """Every section, those without rows too."""
    with service.database.snapshot(Scope(school_id=school_id, actor="test")) as session:
        sections = told(gather(session, uuid.UUID(str(person_id))))
    names = [one["name"] for one in sections]
    assert len(set(names)) == len(names), "a section's name is unique within its service"
    return {one["name"]: one["rows"] for one in sections}


def filled(told: Told) -> set[str]:
    """Sections with rows."""
    return {name for name, rows in told.items() if rows}


def without(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Rows but for the columns that a test says nothing of."""
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


@dataclass
class Accounts:
    """In the place of a service's client: takes answers, or is silent."""

    silent: bool = False
    taken: list[tuple[str, str, Any]] = field(default_factory=list)

    def post(self, service: str, path: str, body: Any, seconds: float) -> Any:
        if self.silent:
            raise ServiceSilentError(service)
        self.taken.append((service, path, body))
        return {}


GATHERS: dict[str, Gather] = {
    "journal": gather_journal,
    "notifications": gather_notifications,
    "reports": gather_reports,
}
"""What accounts asks; its own part it reads itself."""


def gather_all(school: School) -> None:
    """Everything that requests of this school wait for, as the services' workers would answer it."""
    suite = school.suite

    def ask(school_id: uuid.UUID, question: Question) -> None:
        service = suite.services[question.service]
        answer(service, GATHERS[question.service], question.request_id, school_id, question.subject_id)

    Gatherer(suite.services["accounts"], ask).ask_due(school.id)
