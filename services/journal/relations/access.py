"""The only way from an id in a request to an object: what may not be seen is not found.

Each function answers the object with the facts that were decided on; a visible object and a forbidden act on it
is ForbiddenError, anything else that is refused NotFoundError.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError
from services.journal.classes.models import SchoolClass
from services.journal.courses.models import Course, Subject
from services.journal.imports.models import ImportFile
from services.journal.imports.queries import import_by_id
from services.journal.lessons.models import Lesson
from services.journal.people.models import Person, Staff, Student
from services.journal.people.queries import students_guarded
from services.journal.policy import POLICY, Facts, Permission
from services.journal.relations.queries import (
    children_of,
    classes_led,
    classes_of,
    classes_taught,
    courses_taught,
)


@dataclass(frozen=True)
class CourseAccess:
    """A course the viewer may see, and how the viewer stands to it."""

    course: Course
    school_class: SchoolClass
    subject: str
    facts: Facts


_PERSON: sa.BindParameter[uuid.UUID] = sa.bindparam("person", type_=sa.Uuid())
_DAY: sa.BindParameter[dt.date] = sa.bindparam("day", type_=sa.Date())
_COURSE = (
    sa.select(
        Course,
        SchoolClass,
        Subject.name,
        Course.id.in_(courses_taught(_PERSON, _DAY)),
        Course.class_id.in_(classes_led(_PERSON, _DAY)),
    )
    .join(SchoolClass, SchoolClass.id == Course.class_id)
    .join(Subject, Subject.id == Course.subject_id)
    .where(Course.id == sa.bindparam("course"))
)


def require(identity: Identity, permission: Permission, facts: Facts | None = None) -> None:
    """An act without an object of its own. Raises ForbiddenError."""
    if not allows(POLICY, permission, identity, facts or Facts()):
        raise ForbiddenError


def access_import(session: Session, identity: Identity, import_id: uuid.UUID, lock: bool = False) -> ImportFile:
    """A list that somebody of the office sent in; to others there are none."""
    require(identity, Permission.IMPORT)
    return import_by_id(session, import_id, lock)


def access_course(
    session: Session, identity: Identity, course_id: uuid.UUID, permission: Permission, today: dt.date
) -> CourseAccess:
    """A course and the right to do `permission` on it."""
    asked = {"course": course_id, "person": identity.person_id, "day": today}
    row = session.execute(_COURSE, asked).one_or_none()
    if row is None:
        raise NotFoundError
    course, school_class, subject, teaches, leads = row
    facts = Facts(teaches=teaches, leads=leads, classes=frozenset({school_class.id}))
    if not allows(POLICY, Permission.JOURNAL_PAGE_READ, identity, facts):
        raise NotFoundError
    if not allows(POLICY, permission, identity, facts):
        raise ForbiddenError
    return CourseAccess(course, school_class, subject, facts)


def access_lesson(
    session: Session, identity: Identity, lesson_id: uuid.UUID, permission: Permission, today: dt.date
) -> tuple[Lesson, CourseAccess]:
    """A lesson that stands, through its course."""
    lesson = session.scalars(sa.select(Lesson).where(Lesson.id == lesson_id)).one_or_none()
    if lesson is None or lesson.annulled_at is not None:
        raise NotFoundError
    return lesson, access_course(session, identity, lesson.course_id, permission, today)


def access_class(
    session: Session, identity: Identity, class_id: uuid.UUID, permission: Permission, today: dt.date
) -> SchoolClass:
    """A class the viewer may see."""
    row = session.execute(
        sa.select(
            SchoolClass,
            SchoolClass.id.in_(classes_led(identity.person_id, today)),
            SchoolClass.id.in_(classes_taught(identity.person_id, today)),
        ).where(SchoolClass.id == class_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    school_class, leads, teaches = row
    facts = Facts(teaches=teaches, leads=leads, classes=frozenset({class_id}))
    if not allows(POLICY, Permission.CLASS_READ, identity, facts):
        raise NotFoundError
    if not allows(POLICY, permission, identity, facts):
        raise ForbiddenError
    return school_class


@dataclass(frozen=True)
class PersonAccess:
    """Somebody whom the viewer may see something of, and how the viewer stands to them."""

    person: Person
    facts: Facts


def access_person(
    session: Session, identity: Identity, person_id: uuid.UUID, permission: Permission, today: dt.date
) -> PersonAccess:
    """Somebody and the right to do `permission`, where it is a right to see.

    What only consent is missing for is ForbiddenError with the reason, everything else NotFoundError.
    """
    person = session.scalars(sa.select(Person).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise NotFoundError
    facts = _facts_of_person(session, identity, person_id, today)
    if allows(POLICY, permission, identity, facts):
        return PersonAccess(person, facts)
    # Asked only where it matters: while accounts is silent, all that rests on consent is 503.
    if not allows(POLICY, permission, identity, replace(facts, consented=True)):
        raise NotFoundError
    facts = replace(facts, consented=person_id in identity.diary_students)
    if not allows(POLICY, permission, identity, facts):
        raise ForbiddenError("There is no consent to show this in electronic form.", code="no-consent")
    return PersonAccess(person, facts)


def access_pupil(
    session: Session, identity: Identity, person_id: uuid.UUID, permission: Permission, today: dt.date
) -> PersonAccess:
    """As `access_person`, and a pupil."""
    if session.get(Student, (identity.school_id, person_id)) is None:
        raise NotFoundError
    return access_person(session, identity, person_id, permission, today)


def _facts_of_person(session: Session, identity: Identity, person_id: uuid.UUID, today: dt.date) -> Facts:
    """How the viewer stands to somebody, consent left aside."""
    own = set(session.scalars(classes_of([person_id], today)))
    classes = own | set(session.scalars(classes_of(children_of(person_id, today), today)))
    led = set(session.scalars(classes_led(identity.person_id, today))) if classes else set()
    taught = set(session.scalars(classes_taught(identity.person_id, today))) if own else set()
    return Facts(
        teaches=bool(own & taught),
        leads=bool(classes & led),
        guards=person_id in students_guarded(session, identity.person_id, today),
        is_self=person_id == identity.person_id,
        classes=frozenset(classes),
        of_staff=session.get(Staff, (identity.school_id, person_id)) is not None,
    )
