"""Classes and their members as they are read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import NotFoundError, wrong
from services.journal.classes.models import ClassTeacher, Enrollment, SchoolClass
from services.journal.courses.models import CourseTeacher
from services.journal.people.models import Guardianship, Person


@dataclass(frozen=True)
class ClassRow:
    """A class with who leads it and how many are in it on a day."""

    school_class: SchoolClass
    class_teacher: Person | None
    students: int


@dataclass(frozen=True)
class Member:
    """A pupil and the days of membership, half-open."""

    person: Person
    from_day: dt.date
    to_day: dt.date | None


def on_day(
    table: type[ClassTeacher] | type[CourseTeacher] | type[Enrollment] | type[Guardianship],
    day: dt.date | sa.BindParameter[dt.date],
) -> sa.ColumnElement[bool]:
    """That a half-open row holds on `day`."""
    return sa.and_(table.from_day <= day, sa.or_(table.to_day.is_(None), table.to_day > day))


def classes(
    session: Session,
    day: dt.date,
    year_id: uuid.UUID | None = None,
    within: sa.ColumnElement[bool] | None = None,
) -> list[ClassRow]:
    """Classes by level and letter; `within` limits to what the viewer may see."""
    query = sa.select(SchoolClass).order_by(SchoolClass.grade_level, SchoolClass.letter, SchoolClass.id)
    if year_id is not None:
        query = query.where(SchoolClass.year_id == year_id)
    if within is not None:
        query = query.where(within)
    found = session.scalars(query).all()
    leaders = dict(
        session.execute(
            sa.select(ClassTeacher.class_id, Person)
            .join(Person, Person.id == ClassTeacher.person_id)
            .where(on_day(ClassTeacher, day))
        ).all()
    )
    counts = dict(
        session.execute(
            sa.select(Enrollment.class_id, sa.func.count())
            .where(on_day(Enrollment, day))
            .group_by(Enrollment.class_id)
        ).all()
    )
    return [ClassRow(c, leaders.get(c.id), counts.get(c.id, 0)) for c in found]


def class_by_id(session: Session, class_id: uuid.UUID) -> SchoolClass:
    """The class. Raises NotFoundError."""
    found = session.scalars(sa.select(SchoolClass).where(SchoolClass.id == class_id)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def known_class(session: Session, class_id: uuid.UUID) -> SchoolClass:
    """The class an input names. Raises UnprocessableError."""
    found = session.scalars(sa.select(SchoolClass).where(SchoolClass.id == class_id)).one_or_none()
    if found is None:
        raise wrong("/class_id", "There is no such class.", "unknown")
    return found


def _of_class(*columns: Any) -> sa.Select[Any]:
    """Who was in `class_id` on any day from `from_day` to `to_day`, both included, in the order of lists."""
    return (
        sa.select(*columns)
        .select_from(Person)
        .join(Enrollment, Enrollment.student_id == Person.id)
        .where(
            Enrollment.class_id == sa.bindparam("class_id"),
            Enrollment.from_day <= sa.bindparam("to_day"),
            sa.or_(Enrollment.to_day.is_(None), Enrollment.to_day > sa.bindparam("from_day")),
        )
        .order_by(Person.sort_key, Person.id, Enrollment.from_day)
    )


_MEMBERS = _of_class(Person, Enrollment.from_day, Enrollment.to_day)
MEMBER_LINES = _of_class(
    sa.cast(Person.id, sa.Text), Person.last_name, Person.first_name, Enrollment.from_day, Enrollment.to_day
)
"""The same as lines of a list."""


_MEMBER_IDS = _of_class(Person.id)


def member_ids(session: Session, class_id: uuid.UUID, day: dt.date) -> Sequence[uuid.UUID]:
    """Who is in the class on `day`, in the order of lists."""
    return session.scalars(_MEMBER_IDS, {"class_id": class_id, "from_day": day, "to_day": day}).all()


def members(session: Session, class_id: uuid.UUID, from_day: dt.date, to_day: dt.date) -> Sequence[Member]:
    """Who was in the class on any day from `from_day` to `to_day`, both included, in the order of lists.

    Who left and came back is there twice.
    """
    rows = session.execute(_MEMBERS, {"class_id": class_id, "from_day": from_day, "to_day": to_day})
    return [Member(person, start, end) for person, start, end in rows]
