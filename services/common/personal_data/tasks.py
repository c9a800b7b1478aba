"""`<service>.gather`: what this service keeps about a person goes to accounts, which keeps it for who asked.

The task carries ids and nothing else. It may run twice: the later answer takes the place of the earlier one; and one
that is lost is asked for again by accounts.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from celery import Celery
from sqlalchemy.orm import Session

from services.common.db import Scope
from services.common.personal_data.sections import Section, told
from services.common.service import Service

Gather = Callable[[Session, uuid.UUID], Sequence[Section]]
"""All that the service of this session keeps about a person in the school of the transaction."""

_SECONDS = 30.0


def register_gathering(celery: Celery, service: Service, gather: Gather) -> None:
    """Makes `<service>.gather` known to `celery`."""

    def gather_one(request: str, school: str, person: str) -> None:
        answer(service, gather, uuid.UUID(request), uuid.UUID(school), uuid.UUID(person))

    celery.task(name=f"{service.name}.gather")(gather_one)


def answer(
    service: Service, gather: Gather, request_id: uuid.UUID, school_id: uuid.UUID, person_id: uuid.UUID
) -> None:
    """Reads at one moment and hands the answer over. Raises ServiceSilentError when accounts does not answer."""
    with service.database.snapshot(Scope(school_id=school_id, actor=f"service:{service.name}")) as session:
        sections = told(gather(session, person_id))
    service.client.post(
        "accounts",
        f"/internal/accounts/v1/privacy-requests/{request_id}/parts",
        {"school_id": str(school_id), "sections": sections},
        _SECONDS,
    )
