"""Keeps the copies up to date. An older version never overwrites a newer one, but the whole state does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.people.models import Guardianship, Person


def copy_person(session: Session, school_id: uuid.UUID, data: Mapping[str, Any], whole: bool = False) -> None:
    """A person of the register: what letters need of him.

    `whole`: told as part of the present state, which is right whatever stands here.
    """
    values = {
        "school_id": school_id,
        "id": uuid.UUID(data["person_id"]),
        "first_name": data["first_name"],
        "middle_name": data.get("middle_name") or "",
        "email": (data.get("email") or "").strip().lower() or None,
        "version": data["version"],
    }
    _upsert(session, Person, values, whole)


def copy_guardianship(session: Session, school_id: uuid.UUID, data: Mapping[str, Any], whole: bool = False) -> None:
    """Who answers for which pupil, and from when to when."""
    values = {
        "school_id": school_id,
        "id": uuid.UUID(data["guardianship_id"]),
        "student_id": uuid.UUID(data["student_id"]),
        "guardian_id": uuid.UUID(data["guardian_id"]),
        "from_day": data["from"],
        "to_day": data["to"],
        "restricted": data["restricted"],
        "version": data["version"],
    }
    _upsert(session, Guardianship, values, whole)


def _upsert(session: Session, model: type[Person] | type[Guardianship], values: dict[str, Any], whole: bool) -> None:
    present: sa.ColumnClause[int] = sa.column("version", _selectable=sa.table(model.__tablename__))
    statement = insert(model).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "id"],
            set_={name: statement.excluded[name] for name in values if name not in ("school_id", "id")},
            where=None if whole else present <= statement.excluded["version"],
        )
    )
