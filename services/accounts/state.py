"""The present state in pages, for consumers that begin anew: rows are the payloads of the events."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.register.models import School
from services.accounts.register.queries import person_by_id
from services.common.db import scope_of

Rows = Callable[[Session, uuid.UUID | None, int], Sequence[Mapping[str, Any]]]


def _school(session: Session, after: uuid.UUID | None, limit: int) -> Sequence[Mapping[str, Any]]:
    """The school of the transaction, as `accounts.school.created` tells of it."""
    school_id = scope_of(session).school_id
    if school_id is None or limit < 1 or (after is not None and after >= school_id):
        return []
    school = session.get(School, school_id)
    if school is None:
        return []
    founder = person_by_id(session, school.founder_id)
    return [
        {
            "id": school.id,
            "name": school.name,
            "zone": school.zone,
            "person_id": founder.id,
            "last_name": founder.last_name,
            "first_name": founder.first_name,
            "middle_name": founder.middle_name,
        }
    ]


KINDS: Mapping[str, Rows] = {"school": _school}
