"""The present state in pages, for consumers that begin anew: rows are the payloads of the events."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.classes.models import Enrollment, SchoolClass
from services.journal.classes.rules import class_name
from services.journal.people.models import Guardianship, Person
from services.journal.people.queries import cards

Rows = Callable[[Session, uuid.UUID | None, int], Sequence[Mapping[str, Any]]]
"""(session, after, limit) -> rows in order of `id`."""


def people(only: uuid.UUID | None, person: uuid.UUID | None) -> Rows:
    """People, as `journal.person.registered` tells of them."""
    wanted = only or person

    def rows(session: Session, after: uuid.UUID | None, limit: int) -> Sequence[Mapping[str, Any]]:
        query = sa.select(Person).order_by(Person.id).limit(limit)
        query = query.where(Person.id > after) if after else query
        query = query.where(Person.id == wanted) if wanted else query
        return [
            {
                "id": card.person.id,
                "person_id": card.person.id,
                "kinds": sorted(card.kinds),
                "last_name": card.person.last_name,
                "first_name": card.person.first_name,
                "middle_name": card.person.middle_name,
                "birth_date": card.person.birth_date,
                "email": card.email,
                "phone": card.phone,
                "left_on": card.person.left_on,
                "version": card.person.version,
            }
            for card in cards(session, session.scalars(query).all())
        ]

    return rows


def guardianships(only: uuid.UUID | None, person: uuid.UUID | None) -> Rows:
    """Guardianships, as `journal.guardianship.set` tells of them."""

    def rows(session: Session, after: uuid.UUID | None, limit: int) -> Sequence[Mapping[str, Any]]:
        query = sa.select(Guardianship).order_by(Guardianship.id).limit(limit)
        query = query.where(Guardianship.id > after) if after else query
        query = query.where(Guardianship.id == only) if only else query
        if person:
            query = query.where(sa.or_(Guardianship.guardian_id == person, Guardianship.student_id == person))
        return [
            {
                "id": row.id,
                "guardianship_id": row.id,
                "student_id": row.student_id,
                "guardian_id": row.guardian_id,
                "relation": row.relation,
                "from": row.from_day,
                "to": row.to_day,
                "restricted": row.restricted,
                "version": row.version,
            }
            for row in session.scalars(query)
        ]

    return rows


def enrollments(only: uuid.UUID | None, person: uuid.UUID | None) -> Rows:
    """Enrolments, as `journal.enrollment.set` tells of them."""

    def rows(session: Session, after: uuid.UUID | None, limit: int) -> Sequence[Mapping[str, Any]]:
        query = (
            sa.select(Enrollment, SchoolClass)
            .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
            .order_by(Enrollment.id)
            .limit(limit)
        )
        query = query.where(Enrollment.id > after) if after else query
        query = query.where(Enrollment.id == only) if only else query
        query = query.where(Enrollment.student_id == person) if person else query
        return [
            {
                "id": row.id,
                "enrollment_id": row.id,
                "student_id": row.student_id,
                "class_id": row.class_id,
                "class_name": class_name(school_class.grade_level, school_class.letter),
                "from": row.from_day,
                "to": row.to_day,
                "version": row.version,
            }
            for row, school_class in session.execute(query)
        ]

    return rows


KINDS: Mapping[str, Callable[[uuid.UUID | None, uuid.UUID | None], Rows]] = {
    "person": people,
    "guardianship": guardianships,
    "enrollment": enrollments,
}
