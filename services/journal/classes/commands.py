"""Classes, class teachers and enrolments are written here."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.db import new_id
from services.common.events import publish
from services.common.problems import ConflictError, wrong
from services.journal.calendar.queries import known_year
from services.journal.classes.models import ClassTeacher, Enrollment, SchoolClass
from services.journal.classes.queries import on_day
from services.journal.classes.rules import class_name
from services.journal.events import EnrollmentSet
from services.journal.people.commands import school_id_of


def make_class(
    session: Session, year_id: uuid.UUID, grade_level: int, letter: str, class_id: uuid.UUID | None = None
) -> SchoolClass:
    """A class of a year; the same id again is the same class. Raises ConflictError for a second 8А."""
    known_year(session, year_id)
    known = session.scalars(
        sa.select(SchoolClass).where(
            SchoolClass.year_id == year_id, SchoolClass.grade_level == grade_level, SchoolClass.letter == letter
        )
    ).one_or_none()
    if known is not None:
        if known.id == class_id:
            return known
        raise ConflictError(f"{class_name(grade_level, letter)} exists already.", code="class-exists")
    school_class = SchoolClass(
        school_id=school_id_of(session),
        id=class_id or new_id(),
        year_id=year_id,
        grade_level=grade_level,
        letter=letter,
        version=1,
    )
    session.add(school_class)
    session.flush()
    return school_class


def set_class_teacher(
    session: Session, school_class: SchoolClass, person_id: uuid.UUID, from_day: dt.date
) -> ClassTeacher:
    """Who leads the class from a day on; who led it before ends on that day."""
    later = session.scalars(
        sa.select(ClassTeacher).where(ClassTeacher.class_id == school_class.id, ClassTeacher.from_day >= from_day)
    ).all()
    for row in later:
        if row.person_id == person_id and row.from_day == from_day:
            return row
    if later:
        raise ConflictError("The class has a class teacher from that day or later on.", code="class-teacher-exists")
    for standing in session.scalars(
        sa.select(ClassTeacher).where(ClassTeacher.class_id == school_class.id, on_day(ClassTeacher, from_day))
    ):
        if standing.person_id == person_id:
            return standing
        standing.to_day = from_day
    session.flush()
    row = ClassTeacher(
        school_id=school_id_of(session),
        id=new_id(),
        class_id=school_class.id,
        person_id=person_id,
        from_day=from_day,
    )
    session.add(row)
    session.flush()
    return row


def enroll(
    session: Session, school_class: SchoolClass, student_id: uuid.UUID, from_day: dt.date
) -> tuple[Enrollment, bool]:
    """Membership of the class from a day on, and whether it is new. A pupil is in one class at a time."""
    standing = session.scalars(
        sa.select(Enrollment).where(
            Enrollment.student_id == student_id, sa.or_(Enrollment.to_day.is_(None), Enrollment.to_day > from_day)
        )
    ).first()
    if standing is not None:
        if standing.class_id == school_class.id and standing.from_day <= from_day:
            return standing, False
        raise wrong("/student_id", "The pupil is in a class at that time already.", "enrolled")
    enrollment = Enrollment(
        school_id=school_id_of(session),
        id=new_id(),
        class_id=school_class.id,
        student_id=student_id,
        from_day=from_day,
        version=1,
    )
    session.add(enrollment)
    session.flush()
    tell_of_enrollment(session, enrollment, school_class)
    return enrollment, True


def tell_of_enrollment(session: Session, enrollment: Enrollment, school_class: SchoolClass) -> None:
    """Publishes an enrolment as it stands."""
    publish(
        session,
        EnrollmentSet(
            enrollment_id=enrollment.id,
            student_id=enrollment.student_id,
            class_id=school_class.id,
            class_name=class_name(school_class.grade_level, school_class.letter),
            from_=enrollment.from_day,
            to=enrollment.to_day,
            version=enrollment.version,
        ),
    )
