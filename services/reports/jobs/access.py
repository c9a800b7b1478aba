"""The only way from an id in a request to a class or a job: what may not be seen is not found.

How somebody stands to a class is journal's to say; it is asked when a job is made and again when it is looked at.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from services.common.clients import InternalClient
from services.common.db import Database, Scope
from services.common.identity import Identity, ServiceSilentError
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError, UnavailableError, wrong
from services.reports.jobs.models import ReportJob
from services.reports.jobs.queries import job_by_id
from services.reports.policy import POLICY, Facts, Permission


@dataclass(frozen=True)
class ClassAccess:
    """A class that the viewer may have reports of."""

    name: str
    period: str | None
    """Title of the period asked about; None where the class has no such period."""
    author: str
    """Short name of the viewer."""


def require(identity: Identity, permission: Permission) -> None:
    """An act without an object of its own. Raises ForbiddenError."""
    if not allows(POLICY, permission, identity, Facts()):
        raise ForbiddenError


def access_class(
    client: InternalClient, identity: Identity, class_id: uuid.UUID, period_id: uuid.UUID | None = None
) -> ClassAccess:
    """The class. Raises NotFoundError, UnavailableError while journal gives no answer."""
    answer = _ask_journal(client, identity, "class-scope", class_id=class_id, period_id=period_id)
    facts = Facts(leads=answer["leads"], classes=frozenset({class_id}))
    if answer["class_name"] is None or not allows(POLICY, Permission.CLASS_REPORT, identity, facts):
        raise NotFoundError
    return ClassAccess(answer["class_name"], answer["period"], answer["person"] or "")


def access_class_period(
    client: InternalClient, identity: Identity, class_id: uuid.UUID, period_id: uuid.UUID
) -> ClassAccess:
    """As above, with a period that the class has. Raises UnprocessableError, too."""
    access = access_class(client, identity, class_id, period_id)
    if access.period is None:
        raise wrong("/parameters/period", "This class has no such period.", "unknown")
    return access


def leads_a_class(client: InternalClient, identity: Identity) -> bool:
    """Whether the viewer is a class teacher today. Raises UnavailableError."""
    return bool(_ask_journal(client, identity, "relations")["leads"])


def _ask_journal(client: InternalClient, identity: Identity, what: str, **more: uuid.UUID | None) -> Any:
    question = {"school_id": identity.school_id, "person_id": identity.person_id, **more}
    try:
        return client.post("journal", f"/internal/journal/v1/{what}", question)
    except ServiceSilentError as error:
        raise UnavailableError("The journal cannot be asked just now.", retry_after=5) from error


def access_job(database: Database, client: InternalClient, identity: Identity, job_id: uuid.UUID) -> ReportJob:
    """A job, as it was a moment ago, of a class that the viewer may still have reports of.

    It is read in a transaction of its own, for journal is asked afterwards: nobody waits for another service with a
    connection in hand.
    """
    with database.read(Scope(school_id=identity.school_id, actor=f"person:{identity.person_id}")) as session:
        job = job_by_id(session, job_id)
    if job is None:
        raise NotFoundError
    access_class(client, identity, job.class_id)
    return job
