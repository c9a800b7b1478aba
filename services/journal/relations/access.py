"""The only way from an id in a request to an object: what may not be seen is not found.

Each function answers the object with the facts that were decided on; a visible object and a forbidden act on it
is ForbiddenError, anything else that is refused NotFoundError.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError
from services.journal.classes.models import Enrollment, SchoolClass
from services.journal.courses.models import Course, Subject
from services.journal.imports.models import ImportFile
from services.journal.imports.queries import import_by_id
from services.journal.lessons.models import Lesson
from services.journal.people.models import Person, Staff, Student
from services.journal.people.queries import pupils_guarded
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


_SUBJECT: sa.BindParameter[uuid.UUID] = sa.bindparam("subject", type_=sa.Uuid())
_OWN = classes_of([_SUBJECT], _DAY)
_OF_FAMILY = sa.union_all(_OWN, classes_of(children_of(_SUBJECT, _DAY), _DAY)).subquery()
_LED, _TAUGHT = classes_led(_PERSON, _DAY), classes_taught(_PERSON, _DAY)
_SOMEBODY = sa.select(
    Person,
    sa.func.array(sa.select(_OF_FAMILY.c.class_id).scalar_subquery(), type_=ARRAY(sa.Uuid())).label("classes"),
    sa.exists(sa.select(_OF_FAMILY.c.class_id).where(_OF_FAMILY.c.class_id.in_(_LED))).label("leads"),
    sa.exists(_OWN.where(Enrollment.class_id.in_(_TAUGHT))).label("teaches"),
    _SUBJECT.in_(pupils_guarded(_PERSON, _DAY)).label("guards"),
    sa.exists(sa.select(Staff.person_id).where(Staff.person_id == _SUBJECT)).label("of_staff"),
    sa.exists(sa.select(Student.person_id).where(Student.person_id == _SUBJECT)).label("of_pupils"),
).where(Person.id == _SUBJECT)
"""Somebody, and how the viewer stands to him, consent left aside: of his class, or of the classes of his children."""


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
    session: Session,
    identity: Identity,
    person_id: uuid.UUID,
    permission: Permission,
    today: dt.date,
    *,
    pupil: bool = False,
) -> PersonAccess:
    """Somebody and the right to do `permission`, where it is a right to see.

    With `pupil`, somebody else than a pupil is not found. What only consent is missing for is ForbiddenError with the
    reason, everything else NotFoundError.
    """
    asked = {"subject": person_id, "person": identity.person_id, "day": today}
    row = session.execute(_SOMEBODY, asked).one_or_none()
    if row is None or (pupil and not row.of_pupils):
        raise NotFoundError
    person = row[0]
    facts = Facts(
        teaches=row.teaches,
        leads=row.leads,
        guards=row.guards,
        is_self=person_id == identity.person_id,
        classes=frozenset(row.classes),
        of_staff=row.of_staff,
    )
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
    return access_person(session, identity, person_id, permission, today, pupil=True)
