"""Period marks beside the averages they are given upon."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.calendar.models import Period
from services.journal.classes.queries import Member, members
from services.journal.courses.models import Course
from services.journal.marks.rules import weighted_average
from services.journal.period_marks.models import PeriodMark

_NUMBERS = sa.text(
    "SELECT m.student_id, m.number, i.weight FROM mark m"
    " JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " WHERE m.course_id = :course AND i.course_id = m.course_id AND m.number IS NOT NULL AND i.annulled_at IS NULL"
    " AND i.on_day BETWEEN :from_day AND :to_day"
)


@dataclass(frozen=True)
class PeriodRow:
    """A pupil's period mark, the average and how many marks made it."""

    member: Member
    mark: PeriodMark | None
    average: Decimal | None
    marks_count: int


def numbers_by_student(
    session: Session, course_id: uuid.UUID, period: Period
) -> dict[uuid.UUID, list[tuple[Decimal, Decimal]]]:
    """(number, weight) of every mark of a course that counts in a period."""
    found: dict[uuid.UUID, list[tuple[Decimal, Decimal]]] = {}
    parameters = {"course": course_id, "from_day": period.starts_on, "to_day": period.ends_on}
    for student_id, number, weight in session.execute(_NUMBERS, parameters):
        found.setdefault(student_id, []).append((number, weight))
    return found


def period_rows(session: Session, course: Course, period: Period) -> list[PeriodRow]:
    """One row for each pupil of the period, in the order of lists."""
    numbers = numbers_by_student(session, course.id, period)
    given = {
        mark.student_id: mark
        for mark in session.scalars(
            sa.select(PeriodMark).where(PeriodMark.course_id == course.id, PeriodMark.period_id == period.id)
        )
    }
    pupils = {m.person.id: m for m in members(session, course.class_id, period.starts_on, period.ends_on)}
    return [
        PeriodRow(
            member,
            given.get(student_id),
            weighted_average(numbers.get(student_id, ())),
            len(numbers.get(student_id, ())),
        )
        for student_id, member in pupils.items()
    ]
