"""How a person stands to courses, classes and pupils on a day: read here, always fresh."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.classes.models import ClassTeacher, Enrollment
from services.journal.classes.queries import on_day
from services.journal.courses.models import Course, CourseTeacher
from services.journal.people.models import Guardianship
from services.journal.people.queries import students_guarded


@dataclass(frozen=True)
class Relations:
    """Courses taught, classes led, pupils guarded."""

    teaches: frozenset[uuid.UUID]
    leads: frozenset[uuid.UUID]
    guards: frozenset[uuid.UUID]
    on: dt.date


def relations_of(session: Session, person_id: uuid.UUID, day: dt.date) -> Relations:
    """Everything a person is to others on `day`."""
    return Relations(
        teaches=frozenset(session.scalars(courses_taught(person_id, day))),
        leads=frozenset(session.scalars(classes_led(person_id, day))),
        guards=students_guarded(session, person_id, day),
        on=day,
    )


Person = uuid.UUID | sa.BindParameter[uuid.UUID]
Day = dt.date | sa.BindParameter[dt.date]


def courses_taught(person_id: Person, day: Day) -> sa.Select[uuid.UUID]:
    """Courses that somebody teaches on `day`, as a condition for lists."""
    return sa.select(CourseTeacher.course_id).where(CourseTeacher.person_id == person_id, on_day(CourseTeacher, day))


def classes_led(person_id: Person, day: Day) -> sa.Select[uuid.UUID]:
    """Classes that somebody leads on `day`, as a condition for lists."""
    return sa.select(ClassTeacher.class_id).where(ClassTeacher.person_id == person_id, on_day(ClassTeacher, day))


def students_led(person_id: uuid.UUID, day: dt.date) -> sa.Select[uuid.UUID]:
    """Pupils of the classes that somebody leads on `day`."""
    return pupils_of(classes_led(person_id, day), day)


def classes_taught(person_id: Person, day: Day) -> sa.Select[uuid.UUID]:
    """Classes in which somebody teaches a course on `day`."""
    return sa.select(Course.class_id).where(Course.id.in_(courses_taught(person_id, day)))


def pupils_of(class_ids: Collection[uuid.UUID] | sa.Select[uuid.UUID], day: dt.date) -> sa.Select[uuid.UUID]:
    """Pupils of these classes on `day`."""
    return sa.select(Enrollment.student_id).where(Enrollment.class_id.in_(class_ids), on_day(Enrollment, day))


def guardians_of(students: sa.Select[uuid.UUID], day: dt.date) -> sa.Select[uuid.UUID]:
    """Who answers for these pupils on `day`, whom a court restricts included."""
    return sa.select(Guardianship.guardian_id).where(Guardianship.student_id.in_(students), on_day(Guardianship, day))


def classes_of(pupils: Collection[Person] | sa.Select[uuid.UUID], day: Day) -> sa.Select[uuid.UUID]:
    """Classes that these pupils are in on `day`."""
    return sa.select(Enrollment.class_id).where(Enrollment.student_id.in_(pupils), on_day(Enrollment, day))


def children_of(guardian_id: Person, day: Day) -> sa.Select[uuid.UUID]:
    """For whom a guardian answers on `day`, though a court restricts him."""
    return sa.select(Guardianship.student_id).where(
        Guardianship.guardian_id == guardian_id, on_day(Guardianship, day)
    )
