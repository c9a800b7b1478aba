"""Lessons as they are read."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import NotFoundError
from services.journal.classes.models import SchoolClass
from services.journal.classes.rules import class_name
from services.journal.courses.models import Course, CourseTeacher, Subject
from services.journal.lessons.models import Lesson, LineItem


@dataclass(frozen=True)
class LessonRow:
    """A lesson with the names that lists show."""

    lesson: Lesson
    subject: str
    class_name: str
    class_id: uuid.UUID


def lessons(
    session: Session,
    from_day: dt.date,
    to_day: dt.date,
    class_id: uuid.UUID | None = None,
    teacher_id: uuid.UUID | None = None,
    course_id: uuid.UUID | None = None,
    within: sa.ColumnElement[bool] | None = None,
    limit: int = 500,
) -> list[LessonRow]:
    """Lessons from day to day (both included) in order of the day."""
    query = (
        sa.select(Lesson, Subject.name, SchoolClass)
        .join(Course, Course.id == Lesson.course_id)
        .join(Subject, Subject.id == Course.subject_id)
        .join(SchoolClass, SchoolClass.id == Course.class_id)
        .where(Lesson.taught_on.between(from_day, to_day), Lesson.annulled_at.is_(None))
        .order_by(Lesson.taught_on, Lesson.number, Lesson.id)
        .limit(limit)
    )
    if class_id is not None:
        query = query.where(Course.class_id == class_id)
    if course_id is not None:
        query = query.where(Course.id == course_id)
    if teacher_id is not None:
        taught = sa.select(CourseTeacher.course_id).where(
            CourseTeacher.person_id == teacher_id,
            CourseTeacher.from_day <= Lesson.taught_on,
            sa.or_(CourseTeacher.to_day.is_(None), CourseTeacher.to_day > Lesson.taught_on),
            CourseTeacher.course_id == Course.id,
        )
        query = query.where(taught.exists())
    if within is not None:
        query = query.where(within)
    return [
        LessonRow(lesson, subject, class_name(c.grade_level, c.letter), c.id)
        for lesson, subject, c in session.execute(query)
    ]


def line_item_by_id(session: Session, line_item_id: uuid.UUID) -> LineItem:
    """The line item. Raises NotFoundError."""
    found = session.scalars(sa.select(LineItem).where(LineItem.id == line_item_id)).one_or_none()
    if found is None:
        raise NotFoundError
    return found
