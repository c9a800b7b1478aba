"""Schools, and people as far as journal has told of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.register.models import Enrollment, Guardianship, Person, School
from services.common import clock
from services.common.problems import NotFoundError


def school_by_id(session: Session, school_id: uuid.UUID) -> School:
    """Raises NotFoundError."""
    school = session.get(School, school_id)
    if school is None:
        raise NotFoundError
    return school


def schools_by_id(session: Session, ids: Collection[uuid.UUID]) -> list[School]:
    return list(session.scalars(sa.select(School).where(School.id.in_(ids)).order_by(School.name, School.id)))


def today_of(session: Session, school_id: uuid.UUID, moment: dt.datetime) -> dt.date:
    """The day it is at that moment in the school's zone."""
    return clock.today_in(school_by_id(session, school_id).zone, moment)


def people_by_id(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Person]:
    people = session.scalars(sa.select(Person).where(Person.id.in_(set(ids))))
    return {person.id: person for person in people}


def person_by_id(session: Session, person_id: uuid.UUID) -> Person:
    """Raises NotFoundError."""
    person = session.scalar(sa.select(Person).where(Person.id == person_id))
    if person is None:
        raise NotFoundError
    return person


def guardianships_of(session: Session, guardian_id: uuid.UUID, today: dt.date) -> list[Guardianship]:
    """The pupils that this person looks after today, links restricted by a court left out."""
    return list(
        session.scalars(
            sa.select(Guardianship)
            .where(
                Guardianship.guardian_id == guardian_id,
                Guardianship.from_on <= today,
                sa.func.coalesce(Guardianship.to_on > today, True),
                ~Guardianship.restricted,
            )
            .order_by(Guardianship.student_id)
        )
    )


def classes_of(session: Session, students: Collection[uuid.UUID], today: dt.date) -> dict[uuid.UUID, Enrollment]:
    """The class each of these pupils is in today."""
    rows = session.scalars(
        sa.select(Enrollment).where(
            Enrollment.student_id.in_(students),
            Enrollment.from_on <= today,
            sa.func.coalesce(Enrollment.to_on > today, True),
        )
    )
    return {row.student_id: row for row in rows}


@dataclass(frozen=True)
class ClassMember:
    student_id: uuid.UUID
    class_id: uuid.UUID
    class_name: str


def class_members(
    session: Session, class_id: uuid.UUID, today: dt.date, after: uuid.UUID | None, limit: int
) -> list[ClassMember]:
    """Pupils of a class today, in order of id, up to `limit`."""
    query = (
        sa.select(Enrollment.student_id, Enrollment.class_id, Enrollment.class_name)
        .where(
            Enrollment.class_id == class_id,
            Enrollment.from_on <= today,
            sa.func.coalesce(Enrollment.to_on > today, True),
        )
        .order_by(Enrollment.student_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Enrollment.student_id > after)
    return [ClassMember(*row) for row in session.execute(query)]


def members_of_classes(session: Session, classes: Collection[uuid.UUID], today: dt.date) -> list[ClassMember]:
    """Pupils of these classes today."""
    query = sa.select(Enrollment.student_id, Enrollment.class_id, Enrollment.class_name).where(
        Enrollment.class_id.in_(classes),
        Enrollment.from_on <= today,
        sa.func.coalesce(Enrollment.to_on > today, True),
    )
    return [ClassMember(*row) for row in session.execute(query)]


def class_exists(session: Session, class_id: uuid.UUID) -> bool:
    return session.scalar(sa.select(sa.exists().where(Enrollment.class_id == class_id))) is True


def guardians_of(session: Session, students: Collection[uuid.UUID], today: dt.date) -> list[Guardianship]:
    """Who looks after these pupils today, restricted links included: the register shows them."""
    return list(
        session.scalars(
            sa.select(Guardianship)
            .where(
                Guardianship.student_id.in_(students),
                Guardianship.from_on <= today,
                sa.func.coalesce(Guardianship.to_on > today, True),
            )
            .order_by(Guardianship.student_id, Guardianship.guardian_id)
        )
    )


def children_birth_dates(session: Session, guardian_id: uuid.UUID, today: dt.date) -> set[dt.date]:
    """Birth dates, as far as known, of the pupils this person looks after."""
    students = {link.student_id for link in guardianships_of(session, guardian_id, today)}
    return {p.birth_date for p in people_by_id(session, students).values() if p.birth_date is not None}


def schools_after(session: Session, after: uuid.UUID | None, limit: int) -> list[School]:
    """Schools in order of id."""
    query = sa.select(School).order_by(School.id).limit(limit)
    return list(session.scalars(query if after is None else query.where(School.id > after)))


@dataclass(frozen=True)
class Place:
    """Where somebody belongs: a class, and as whose guardian; the pupil himself has no other."""

    class_id: uuid.UUID
    class_name: str
    student_id: uuid.UUID


def places(session: Session, today: dt.date, class_id: uuid.UUID | None = None) -> dict[uuid.UUID, list[Place]]:
    """By person: the classes of today (one of them, if it is named) of pupils and of those who look after them; whose
    guardianship a court has restricted is left out."""
    pupils = sa.select(Enrollment.class_id, Enrollment.class_name, Enrollment.student_id).where(
        Enrollment.from_on <= today, sa.func.coalesce(Enrollment.to_on > today, True)
    )
    if class_id is not None:
        pupils = pupils.where(Enrollment.class_id == class_id)
    found: dict[uuid.UUID, list[Place]] = defaultdict(list)
    by_student: dict[uuid.UUID, list[Place]] = defaultdict(list)
    for row in session.execute(pupils):
        place = Place(*row)
        by_student[place.student_id].append(place)
        found[place.student_id].append(place)
    links = sa.select(Guardianship.guardian_id, Guardianship.student_id).where(
        Guardianship.from_on <= today, sa.func.coalesce(Guardianship.to_on > today, True), ~Guardianship.restricted
    )
    if class_id is not None:
        links = links.where(Guardianship.student_id.in_(by_student))
    for guardian, student in session.execute(links):
        found[guardian] += by_student.get(student, [])
    return found


def names_of_pupils(session: Session, places_of: Iterable[Place]) -> dict[uuid.UUID, str]:
    people = people_by_id(session, {place.student_id for place in places_of})
    return {person_id: person.name for person_id, person in people.items()}
