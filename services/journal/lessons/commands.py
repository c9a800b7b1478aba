"""Lessons by hand, their topics, and line items are written here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import now
from services.common.db import new_id
from services.common.problems import ConflictError, StaleError, UnprocessableError, wrong
from services.journal.calendar.queries import known_year
from services.journal.courses.models import Course
from services.journal.lessons.models import Lesson, LineItem
from services.journal.people.commands import school_id_of
from services.journal.scales.models import WorkType

MOST_LESSONS_AT_ONCE = 250


_LOCKED = (
    sa.select(Course)
    .where(Course.id == sa.bindparam("course"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def lock_course(session: Session, course_id: uuid.UUID) -> Course:
    """The course, locked against other writers of its facts: every command that writes them begins here."""
    return session.scalars(_LOCKED, {"course": course_id}).one()


def add_lessons(
    session: Session, course: Course, dates: Sequence[dt.date], number: int, topic: str = ""
) -> list[Lesson]:
    """Lessons on the given days, all or none. Raises UnprocessableError naming every day that cannot be."""
    lock_course(session, course.id)
    year = known_year(session, course.year_id)
    taken = set(
        session.scalars(
            sa.select(Lesson.taught_on).where(
                Lesson.course_id == course.id,
                Lesson.number == number,
                Lesson.taught_on.in_(dates),
                Lesson.annulled_at.is_(None),
            )
        )
    )
    errors = []
    seen: set[dt.date] = set()
    for index, day in enumerate(dates):
        message = None
        if not year.starts_on <= day <= year.ends_on:
            message = ("The day lies outside the school year.", "outside-year")
        elif day in taken:
            message = ("There is a lesson at that place of the day.", "taken")
        elif day in seen:
            message = ("The day is named twice.", "twice")
        seen.add(day)
        if message:
            errors.append({"pointer": f"/dates/{index}", "message": message[0], "code": message[1]})
    if errors:
        raise UnprocessableError(errors=errors)
    lessons = [
        Lesson(
            school_id=school_id_of(session),
            id=new_id(),
            course_id=course.id,
            taught_on=day,
            number=number,
            topic=topic,
            status="planned",
            version=1,
            attendance_version=0,
        )
        for day in dates
    ]
    session.add_all(lessons)
    session.flush()
    return lessons


def change_lesson(session: Session, lesson: Lesson, version: int, topic: str | None, status: str | None) -> Lesson:
    """Topic and status of a lesson. Raises StaleError, ConflictError when facts stand in the way."""
    lock_course(session, lesson.course_id)
    session.refresh(lesson)
    if lesson.version != version:
        raise StaleError
    if topic is not None:
        lesson.topic = topic
    if status is not None:
        if status == "cancelled" and lesson.attendance_checked_at is not None:
            raise ConflictError("The lesson has attendance; it was held.", code="has-facts")
        lesson.status = status
    lesson.version += 1
    session.flush()
    return lesson


def add_line_item(
    session: Session,
    course: Course,
    work_type: WorkType,
    lesson: Lesson | None,
    on_day: dt.date,
    weight: Decimal | None = None,
    title: str = "",
    ordinal: int | None = None,
    line_item_id: uuid.UUID | None = None,
) -> LineItem:
    """A column of the journal. With `ordinal` the one that stands there is taken; the course must be locked."""
    taken: dict[int, LineItem] = {}
    if lesson is not None:
        taken = {
            item.ordinal: item
            for item in session.scalars(
                sa.select(LineItem).where(
                    LineItem.lesson_id == lesson.id,
                    LineItem.work_type_id == work_type.id,
                    LineItem.annulled_at.is_(None),
                )
            )
        }
        if ordinal is not None and ordinal in taken:
            return taken[ordinal]
    item = LineItem(
        school_id=school_id_of(session),
        id=line_item_id or new_id(),
        course_id=course.id,
        lesson_id=lesson.id if lesson else None,
        on_day=on_day,
        work_type_id=work_type.id,
        weight=work_type.weight if weight is None else weight,
        title=title,
        ordinal=ordinal if ordinal is not None else max(taken, default=-1) + 1,
        version=1,
    )
    session.add(item)
    session.flush()
    return item


def change_line_item(
    session: Session, item: LineItem, version: int, weight: Decimal | None, title: str | None
) -> LineItem:
    """Weight and title of a line item. Raises StaleError."""
    lock_course(session, item.course_id)
    session.refresh(item)
    if item.version != version:
        raise StaleError
    if weight is not None:
        item.weight = weight
    if title is not None:
        item.title = title
    item.version += 1
    session.flush()
    return item


def annul_line_item(session: Session, item: LineItem, reason: str) -> LineItem:
    """Takes a column out of the journal; one with marks stays. Doing it twice is doing it once."""
    lock_course(session, item.course_id)
    session.refresh(item)
    if item.annulled_at is not None:
        return item
    marked = session.execute(
        sa.text("SELECT EXISTS (SELECT FROM mark WHERE line_item_id = :id AND symbol IS NOT NULL)"),
        {"id": item.id},
    ).scalar_one()
    if marked:
        raise ConflictError("There are marks in this column; clear them first.", code="has-marks")
    item.annulled_at = now()
    item.annul_reason = reason
    item.version += 1
    session.flush()
    return item


def known_work_type(session: Session, code: str, pointer: str = "/work_type") -> WorkType:
    """The work type an input names by its code. Raises UnprocessableError."""
    found = session.scalars(sa.select(WorkType).where(WorkType.code == code)).one_or_none()
    if found is None:
        raise wrong(pointer, "There is no such kind of work.", "unknown")
    return found
