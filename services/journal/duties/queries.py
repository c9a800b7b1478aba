"""Who teaches and who leads, all of the school at once."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.classes.models import ClassTeacher, SchoolClass
from services.journal.classes.queries import on_day
from services.journal.classes.rules import class_name
from services.journal.courses.models import Course, CourseTeacher, Subject
from services.journal.people.models import Person, Staff
from services.journal.people.rules import whole_name


@dataclass(frozen=True)
class Led:
    """A class that somebody leads, half-open in days."""

    class_id: uuid.UUID
    class_name: str
    from_day: dt.date
    to_day: dt.date | None


@dataclass(frozen=True)
class Taught:
    """A course that somebody teaches, half-open in days."""

    course_id: uuid.UUID
    subject: str
    kind: str
    class_id: uuid.UUID
    class_name: str
    from_day: dt.date
    to_day: dt.date | None


@dataclass(frozen=True)
class Worker:
    """A member of staff with what she leads and teaches."""

    person_id: uuid.UUID
    name: str
    position: str
    leads: list[Led] = field(default_factory=list)
    teaches: list[Taught] = field(default_factory=list)


def staff_on(session: Session, day: dt.date) -> list[Worker]:
    """Everybody who works in the school on `day`, in the order of lists; three queries."""
    rows = session.execute(
        sa.select(Person, Staff.position)
        .join(Staff, Staff.person_id == Person.id)
        .where(sa.func.coalesce(Person.left_on > day, True))
        .order_by(Person.sort_key, Person.id)
    )
    workers = {
        person.id: Worker(person.id, whole_name(person.last_name, person.first_name, person.middle_name), position)
        for person, position in rows
    }
    for term, school_class in session.execute(
        sa.select(ClassTeacher, SchoolClass)
        .join(SchoolClass, SchoolClass.id == ClassTeacher.class_id)
        .where(on_day(ClassTeacher, day))
        .order_by(SchoolClass.grade_level, SchoolClass.letter)
    ):
        if term.person_id in workers:
            name = class_name(school_class.grade_level, school_class.letter)
            workers[term.person_id].leads.append(Led(school_class.id, name, term.from_day, term.to_day))
    for taught, course, subject, school_class in session.execute(
        sa.select(CourseTeacher, Course, Subject.name, SchoolClass)
        .join(Course, Course.id == CourseTeacher.course_id)
        .join(Subject, Subject.id == Course.subject_id)
        .join(SchoolClass, SchoolClass.id == Course.class_id)
        .where(on_day(CourseTeacher, day))
        .order_by(Subject.name, SchoolClass.grade_level, SchoolClass.letter, Course.id)
    ):
        if taught.person_id in workers:
            name = class_name(school_class.grade_level, school_class.letter)
            workers[taught.person_id].teaches.append(
                Taught(course.id, subject, course.kind, school_class.id, name, taught.from_day, taught.to_day)
            )
    return list(workers.values())


def class_names(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Every class with its name, by level and letter."""
    rows = session.execute(
        sa.select(SchoolClass.id, SchoolClass.grade_level, SchoolClass.letter).order_by(
            SchoolClass.grade_level, SchoolClass.letter
        )
    )
    return [(class_id, class_name(grade_level, letter)) for class_id, grade_level, letter in rows]
