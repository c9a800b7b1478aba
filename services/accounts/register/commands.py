"""Keeping up with what journal tells. An older version never overwrites a newer one, but its whole state does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.base import Base
from services.accounts.register.models import Enrollment, Guardianship, Person, School


def learn_person(
    session: Session,
    school_id: uuid.UUID,
    told: Mapping[str, Any],
    whole: bool = False,
    since: dt.datetime | None = None,
) -> None:
    """Takes over a person as journal tells of him. Contacts are not kept: nothing here needs them.

    `whole`: told as part of the present state, which is right whatever stands here. `since`: when he was registered,
    for one who is new here.
    """
    _upsert(
        session,
        Person,
        school_id,
        {
            "id": told["person_id"],
            "kinds": sorted(told["kinds"]),
            "last_name": told["last_name"],
            "first_name": told["first_name"],
            "middle_name": told.get("middle_name") or "",
            "birth_date": told.get("birth_date"),
            "left_on": told.get("left_on"),
            "version": told["version"],
        },
        whole,
        {"known_since": since} if since else {},
    )


def forget_people(session: Session, people: Collection[uuid.UUID]) -> None:
    """Lets go of people whom journal does not have. A school's founder stays, as known to accounts alone."""
    founder = sa.exists().where(School.founder_id == Person.id)
    session.execute(sa.update(Person).where(Person.id.in_(people), founder).values(version=0))
    session.execute(sa.delete(Person).where(Person.id.in_(people), ~founder))


def learn_guardianship(session: Session, school_id: uuid.UUID, told: Mapping[str, Any], whole: bool = False) -> None:
    """Takes over a guardianship as journal tells of it."""
    _upsert(
        session,
        Guardianship,
        school_id,
        {
            "id": told["guardianship_id"],
            "student_id": told["student_id"],
            "guardian_id": told["guardian_id"],
            "relation": told["relation"],
            "from_on": told["from"],
            "to_on": told.get("to"),
            "restricted": told["restricted"],
            "version": told["version"],
        },
        whole,
    )


def learn_enrollment(session: Session, school_id: uuid.UUID, told: Mapping[str, Any], whole: bool = False) -> None:
    """Takes over a membership of a class as journal tells of it."""
    _upsert(
        session,
        Enrollment,
        school_id,
        {
            "id": told["enrollment_id"],
            "student_id": told["student_id"],
            "class_id": told["class_id"],
            "class_name": told["class_name"],
            "from_on": told["from"],
            "to_on": told.get("to"),
            "version": told["version"],
        },
        whole,
    )


def _upsert(
    session: Session,
    model: type[Base],
    school_id: uuid.UUID,
    values: Mapping[str, Any],
    whole: bool,
    only_new: Mapping[str, Any] | None = None,
) -> None:
    table = model.__table__
    columns = {name: table.c[name].type.python_type for name in values}
    row = {"school_id": school_id} | {name: _parsed(columns[name], value) for name, value in values.items()}
    statement = insert(model).values(row | dict(only_new or {}))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "id"],
            set_={name: statement.excluded[name] for name in values if name != "id"},
            where=None if whole else statement.excluded.version > table.c.version,
        )
    )


def _parsed(kind: type, value: Any) -> Any:
    """A payload's text as the column's own type."""
    if not isinstance(value, str) or kind is str:
        return value
    return uuid.UUID(value) if kind is uuid.UUID else kind.fromisoformat(value)  # type: ignore[attr-defined]
