"""Reads the journal page: five queries, rows to sparse lists, no objects in between.

The answer's shape is the contract of `GET /courses/{id}/page`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.identity import Identity
from services.journal.attendance.queries import REASON
from services.journal.attendance.rules import shown_code
from services.journal.calendar.models import Period
from services.journal.calendar.queries import period_title
from services.journal.calendar.rules import current, holding
from services.journal.classes.queries import Member, members
from services.journal.courses.queries import course_row
from services.journal.marks.rules import lesson_editable, shown_average, weighted_average
from services.journal.policy import POLICY_VERSION, sees_illness
from services.journal.relations.access import CourseAccess
from services.journal.scales.queries import numbers_by_symbol, scales, work_types

COMMENT, MADE_UP, COUNTS_NOT, CHANGED_BY_OTHER = 1, 2, 4, 8
"""Flags of a cell."""

_COLUMNS = sa.text(
    "SELECT l.id, l.taught_on, l.number, l.topic, l.status, l.attendance_checked_at, l.version"
    " FROM lesson l WHERE l.course_id = :course AND l.taught_on BETWEEN :from_day AND :to_day"
    " AND l.annulled_at IS NULL ORDER BY l.taught_on, l.number"
)
_ITEMS = sa.text(
    "SELECT i.id, i.lesson_id, i.on_day, w.code, i.weight, i.title, i.version"
    " FROM line_item i JOIN work_type w ON w.school_id = i.school_id AND w.id = i.work_type_id"
    " WHERE i.course_id = :course AND i.on_day BETWEEN :from_day AND :to_day AND i.annulled_at IS NULL"
    " ORDER BY i.on_day, w.ordinal, i.ordinal, i.id"
)
_MARKS = sa.text(
    "SELECT m.line_item_id, i.on_day, m.student_id, m.slot, m.symbol, m.version, m.number, i.weight, m.comment,"
    " m.made_up, m.author_id FROM mark m JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " WHERE m.course_id = :course AND m.symbol IS NOT NULL AND i.annulled_at IS NULL"
    " AND i.on_day BETWEEN :from_day AND :to_day"
)
_NUMBERS = sa.text(
    "SELECT m.student_id, m.number, i.weight FROM mark m"
    " JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " WHERE m.course_id = :course AND m.student_id = ANY(:students) AND m.number IS NOT NULL"
    " AND i.annulled_at IS NULL AND i.on_day BETWEEN :from_day AND :to_day"
)
_ATTENDANCE = sa.text(
    f"SELECT a.lesson_id, l.taught_on, a.student_id, a.status, a.version, {REASON}"  # noqa: S608 - our own text
    " FROM attendance a JOIN lesson l ON l.school_id = a.school_id AND l.id = a.lesson_id"
    " WHERE a.course_id = :course AND a.status IS NOT NULL AND l.annulled_at IS NULL"
    " AND l.taught_on BETWEEN :from_day AND :to_day"
)
_TEACHERS = sa.text("SELECT DISTINCT person_id FROM course_teacher WHERE course_id = :course")


@dataclass(frozen=True)
class Window:
    """The days a page shows, and the periods it may be switched to."""

    from_day: dt.date
    to_day: dt.date
    period: Period | None
    """The period that the window is, None for a free one."""
    periods: Sequence[Period]


class Rows:
    """Which row of the page a pupil has on a day: who left and came back has two."""

    def __init__(self, pupils: Sequence[Member]) -> None:
        self._terms: dict[uuid.UUID, list[tuple[Member, int]]] = {}
        for index, member in enumerate(pupils):
            self._terms.setdefault(member.person.id, []).append((member, index))

    def on(self, student_id: uuid.UUID, day: dt.date) -> int | None:
        """Index of the row; outside every term the first one, since what was given stays visible."""
        terms = self._terms.get(student_id)
        if terms is None:
            return None
        for member, index in terms:
            if member.from_day <= day and (member.to_day is None or day < member.to_day):
                return index
        return terms[0][1]


def window_of(found: Sequence[Period], from_day: dt.date | None, to_day: dt.date | None, today: dt.date) -> Window:
    """The days asked for; without them those of the current one of the class's periods."""
    if from_day is not None and to_day is not None:
        exact = next((p for p in found if (p.starts_on, p.ends_on) == (from_day, to_day)), None)
        return Window(from_day, to_day, exact, found)
    period = current(found, today)
    if period is None:
        return Window(from_day or today, to_day or today, None, found)
    return Window(from_day or period.starts_on, to_day or period.ends_on, period, found)


def page_version(access: CourseAccess, identity: Identity, window: Window, today: dt.date) -> str:
    """Changes with anything the page shows, and with who looks and how."""
    roles = sorted(role.kind for role in identity.roles)
    closed = [(str(p.id), str(p.closed_at)) for p in window.periods]
    parts = (access.course.version, access.school_class.version, closed, POLICY_VERSION, access.facts, roles)
    whole = repr((*parts, window.from_day, window.to_day, today))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def journal_page(
    session: Session,
    access: CourseAccess,
    identity: Identity,
    window: Window,
    today: dt.date,
) -> dict[str, Any]:
    """The page as its answer's dictionary."""
    parameters = {"course": access.course.id, "from_day": window.from_day, "to_day": window.to_day}
    pupils = members(session, access.course.class_id, window.from_day, window.to_day)
    row_of = Rows(pupils)
    lessons = session.execute(_COLUMNS, parameters).all()
    items = session.execute(_ITEMS, parameters).all()
    columns, column_of = _columns(lessons, items)
    teachers = set(session.execute(_TEACHERS, parameters).scalars())
    cells, comments, numbers = _mark_cells(session.execute(_MARKS, parameters).all(), row_of, column_of, teachers)
    ill = sees_illness(identity, access.facts)
    for lesson_id, taught_on, student_id, status, version, reason in session.execute(_ATTENDANCE, parameters):
        row = row_of.on(student_id, taught_on)
        if row is not None:
            cells.append([row, column_of[lesson_id], 0, shown_code(status, reason, ill), version, 0])
    cells.sort(key=lambda cell: (cell[0], cell[1], cell[2]))
    comments.sort(key=lambda comment: comment[:3])
    return {
        "course": _course_part(session, access),
        "period": _period_part(window.period),
        "periods": [_period_part(period) for period in window.periods],
        "from": window.from_day,
        "to": window.to_day,
        "today": today,
        "allowed": {"mark": access.facts.teaches, "period_mark": access.facts.teaches},
        "students": [_student_part(member) for member in pupils],
        "lessons": [_lesson_part(row, access, window.periods, today) for row in lessons],
        "columns": columns,
        "cells": cells,
        "comments": comments,
        "averages": [shown_average(weighted_average(numbers.get(m.person.id, ()))) for m in pupils],
        "version": page_version(access, identity, window, today),
    }


def averages_of(
    session: Session, course_id: uuid.UUID, students: Collection[uuid.UUID], from_day: dt.date, to_day: dt.date
) -> dict[uuid.UUID, str | None]:
    """Shown averages of some pupils of a course over the given days."""
    if not students:
        return {}
    numbers: dict[uuid.UUID, list[tuple[Decimal, Decimal]]] = {student: [] for student in students}
    parameters = {"course": course_id, "students": list(students), "from_day": from_day, "to_day": to_day}
    for student_id, number, weight in session.execute(_NUMBERS, parameters):
        numbers[student_id].append((number, weight))
    return {student: shown_average(weighted_average(found)) for student, found in numbers.items()}


def _columns(
    lessons: Sequence[sa.Row[Any]], items: Sequence[sa.Row[Any]]
) -> tuple[list[dict[str, Any]], dict[uuid.UUID, int]]:
    """Columns in order of days: of a lesson first attendance, then what was assessed; the free-standing by date."""
    index_of = {lesson.id: index for index, lesson in enumerate(lessons)}
    ordered: list[tuple[tuple[Any, ...], uuid.UUID, dict[str, Any]]] = []
    for lesson in lessons:
        part = {"kind": "attendance", "lesson": index_of[lesson.id]}
        ordered.append(((lesson.taught_on, lesson.number, 0, 0), lesson.id, part))
    for position, item in enumerate(items):
        index = index_of.get(item.lesson_id)
        place = (lessons[index].taught_on, lessons[index].number, 1) if index is not None else (item.on_day, 99, 1)
        part = {
            "kind": "marks",
            "lesson": index,
            "line_item_id": item.id,
            "date": item.on_day,
            "work_type": item.code,
            "weight": str(item.weight.normalize() if item.weight % 1 else int(item.weight)),
            "title": item.title,
            "version": item.version,
        }
        ordered.append(((*place, position), item.id, part))
    ordered.sort(key=lambda entry: entry[0])
    return [part for _, _, part in ordered], {key: index for index, (_, key, _) in enumerate(ordered)}


def _mark_cells(
    marks: Sequence[Any],
    row_of: Rows,
    column_of: Mapping[uuid.UUID, int],
    teachers: set[uuid.UUID],
) -> tuple[list[list[Any]], list[list[Any]], dict[uuid.UUID, list[tuple[Decimal, Decimal]]]]:
    """Cells, the comments of those that have one, and the numbers of each pupil with their weights."""
    cells: list[list[Any]] = []
    comments: list[list[Any]] = []
    numbers: dict[uuid.UUID, list[tuple[Decimal, Decimal]]] = {}
    for item_id, on_day, student_id, slot, symbol, version, number, weight, comment, made_up, author in marks:
        row = row_of.on(student_id, on_day)
        if row is None:
            continue
        flags = COMMENT * bool(comment) | MADE_UP * made_up | COUNTS_NOT * (number is None)
        flags |= CHANGED_BY_OTHER * (author not in teachers)
        cells.append([row, column_of[item_id], slot, symbol, version, flags])
        if comment:
            comments.append([row, column_of[item_id], slot, comment])
        if number is not None:
            numbers.setdefault(student_id, []).append((number, weight))
    return cells, comments, numbers


def _course_part(session: Session, access: CourseAccess) -> dict[str, Any]:
    row = course_row(session, access.course.id)
    scale = next(s for s in scales(session) if s.id == access.course.scale_id)
    return {
        "id": row.id,
        "subject": row.subject,
        "class": row.class_name,
        "class_id": row.class_id,
        "kind": row.kind,
        "teachers": [
            {"person_id": t.person_id, "name": t.name, "from": t.from_day, "to": t.to_day} for t in row.teachers
        ],
        "scale": {"code": scale.code, "symbols": list(numbers_by_symbol(session, scale.id))},
        "work_types": [
            {"code": w.code, "title": w.title, "short": w.short_title, "weight": str(w.weight)}
            for w in work_types(session)
        ],
    }


def _period_part(period: Period | None) -> dict[str, Any] | None:
    if period is None:
        return None
    return {
        "id": period.id,
        "kind": period.kind,
        "title": period_title(period),
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "closed_at": period.closed_at,
    }


def _student_part(member: Member) -> dict[str, Any]:
    person = member.person
    return {
        "id": person.id,
        "name": f"{person.last_name} {person.first_name}",
        "from": member.from_day,
        "to": member.to_day,
    }


def _lesson_part(
    row: sa.Row[Any], access: CourseAccess, known_periods: Sequence[Period], today: dt.date
) -> dict[str, Any]:
    period = holding(known_periods, row.taught_on)
    closed = period is not None and period.closed_at is not None
    return {
        "id": row.id,
        "date": row.taught_on,
        "number": row.number,
        "topic": row.topic,
        "status": row.status,
        "editable": lesson_editable(row.taught_on, row.status, today, closed, access.facts.teaches),
        "attendance_checked": row.attendance_checked_at is not None,
        "version": row.version,
    }
