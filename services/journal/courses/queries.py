"""Subjects and courses as they are read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.classes.models import SchoolClass
from services.journal.classes.rules import class_name
from services.journal.courses.models import Course, CourseTeacher, Subject
from services.journal.people.models import Person
from services.journal.people.rules import short_name


@dataclass(frozen=True)
class Teacher:
    person_id: uuid.UUID
    name: str
    from_day: dt.date
    to_day: dt.date | None


@dataclass(frozen=True)
class CourseRow:
    """A course with the names that lists show."""

    id: uuid.UUID
    year_id: uuid.UUID
    class_id: uuid.UUID
    class_name: str
    grade_level: int
    subject_id: uuid.UUID
    subject: str
    kind: str
    scale_id: uuid.UUID
    teachers: list[Teacher] = field(default_factory=list)


def subjects(session: Session) -> Sequence[Subject]:
    return session.scalars(sa.select(Subject).order_by(Subject.name)).all()


def courses(
    session: Session,
    class_id: uuid.UUID | None = None,
    teacher_id: uuid.UUID | None = None,
    within: sa.ColumnElement[bool] | None = None,
    only: uuid.UUID | None = None,
) -> list[CourseRow]:
    """Courses by class and subject; `within` limits to what the viewer may see."""
    query = (
        sa.select(Course, SchoolClass, Subject.name)
        .join(SchoolClass, SchoolClass.id == Course.class_id)
        .join(Subject, Subject.id == Course.subject_id)
        .order_by(SchoolClass.grade_level, SchoolClass.letter, Subject.name, Course.id)
    )
    if class_id is not None:
        query = query.where(Course.class_id == class_id)
    if teacher_id is not None:
        query = query.where(
            Course.id.in_(sa.select(CourseTeacher.course_id).where(CourseTeacher.person_id == teacher_id))
        )
    if within is not None:
        query = query.where(within)
    if only is not None:
        query = query.where(Course.id == only)
    rows = [
        CourseRow(
            id=course.id,
            year_id=course.year_id,
            class_id=course.class_id,
            class_name=class_name(school_class.grade_level, school_class.letter),
            grade_level=school_class.grade_level,
            subject_id=course.subject_id,
            subject=subject,
            kind=course.kind,
            scale_id=course.scale_id,
        )
        for course, school_class, subject in session.execute(query)
    ]
    by_id = {row.id: row for row in rows}
    for term, person in session.execute(
        sa.select(CourseTeacher, Person)
        .join(Person, Person.id == CourseTeacher.person_id)
        .where(CourseTeacher.course_id.in_(list(by_id)))
        .order_by(CourseTeacher.from_day, Person.sort_key)
    ):
        name = short_name(person.last_name, person.first_name, person.middle_name)
        by_id[term.course_id].teachers.append(Teacher(person.id, name, term.from_day, term.to_day))
    return rows


def course_row(session: Session, course_id: uuid.UUID) -> CourseRow:
    """One course that is known to exist, with its names."""
    return courses(session, only=course_id)[0]
