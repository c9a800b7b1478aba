"""Subjects, courses and who teaches them are written here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.db import new_id
from services.common.problems import ConflictError, wrong
from services.journal.calendar.queries import known_year
from services.journal.classes.models import SchoolClass
from services.journal.courses.models import Course, CourseTeacher, Subject
from services.journal.courses.rules import GRADES_WITHOUT_MARKS
from services.journal.people.commands import school_id_of
from services.journal.people.queries import known_person
from services.journal.scales.queries import known_scale, scale_by_code


@dataclass(frozen=True)
class TeacherTerm:
    """Somebody teaches from a day on, up to a day (half-open)."""

    person_id: uuid.UUID
    from_day: dt.date
    to_day: dt.date | None = None


def make_subject(
    session: Session, name: str, scale_id: uuid.UUID | None, subject_id: uuid.UUID | None = None
) -> Subject:
    """A subject on a scale (five points unless said). The same id again is the same subject."""
    scale = known_scale(session, scale_id) if scale_id else scale_by_code(session, "five")
    known = session.scalars(sa.select(Subject).where(sa.func.lower(Subject.name) == name.lower())).one_or_none()
    if known is not None:
        if known.id == subject_id:
            return known
        raise ConflictError("There is a subject of this name already.", code="subject-exists")
    subject = Subject(school_id=school_id_of(session), id=subject_id or new_id(), name=name, scale_id=scale.id)
    session.add(subject)
    session.flush()
    return subject


def make_course(
    session: Session,
    year_id: uuid.UUID,
    school_class: SchoolClass,
    subject_id: uuid.UUID,
    kind: str,
    teachers: Sequence[TeacherTerm],
    course_id: uuid.UUID | None = None,
) -> Course:
    """A subject taught to a class. First classes get no marks, whatever the subject's scale."""
    year = known_year(session, year_id)
    if school_class.year_id != year.id:
        raise wrong("/class_id", "The class belongs to another year.", "other-year")
    subject = session.scalars(sa.select(Subject).where(Subject.id == subject_id)).one_or_none()
    if subject is None:
        raise wrong("/subject_id", "There is no such subject.", "unknown")
    known = session.scalars(
        sa.select(Course).where(
            Course.class_id == school_class.id, Course.subject_id == subject.id, Course.kind == kind
        )
    ).one_or_none()
    if known is not None:
        if known.id == course_id:
            return known
        raise ConflictError("The class has this subject already.", code="course-exists")
    without_marks = school_class.grade_level in GRADES_WITHOUT_MARKS or kind != "lesson"
    course = Course(
        school_id=school_id_of(session),
        id=course_id or new_id(),
        year_id=year.id,
        class_id=school_class.id,
        subject_id=subject.id,
        kind=kind,
        scale_id=scale_by_code(session, "no_mark").id if without_marks else subject.scale_id,
        version=1,
    )
    session.add(course)
    session.flush()
    set_teachers(session, course, teachers)
    return course


def set_teachers(session: Session, course: Course, teachers: Sequence[TeacherTerm]) -> None:
    """Who teaches the course: terms that are new are added, those that ended get their end, none is erased."""
    standing = {
        (row.person_id, row.from_day): row
        for row in session.scalars(sa.select(CourseTeacher).where(CourseTeacher.course_id == course.id))
    }
    for index, term in enumerate(teachers):
        known_person(session, term.person_id, "staff", f"/teachers/{index}/person_id")
        row = standing.pop((term.person_id, term.from_day), None)
        if row is not None:
            row.to_day = term.to_day
            continue
        session.add(
            CourseTeacher(
                school_id=school_id_of(session),
                id=new_id(),
                course_id=course.id,
                person_id=term.person_id,
                from_day=term.from_day,
                to_day=term.to_day,
            )
        )
    for row in standing.values():
        if row.to_day is None:
            raise ConflictError("A term that stands is missing; give it an end instead.", code="term-missing")
    session.flush()
