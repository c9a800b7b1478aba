"""Reads the journal page: eight questions in one way to the database, rows to sparse lists, no objects in between.

The answer's shape is the contract of `GET /courses/{id}/page`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import operator
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.batch import Rows, ask
from services.common.identity import Identity
from services.journal.attendance.queries import REASON
from services.journal.attendance.rules import shown_code
from services.journal.calendar.models import Period
from services.journal.calendar.queries import period_title
from services.journal.calendar.rules import current, holding
from services.journal.classes.queries import MEMBER_LINES
from services.journal.classes.rules import class_name
from services.journal.marks.rules import lesson_editable, shown_average, weighted_average
from services.journal.people.rules import short_name
from services.journal.policy import POLICY_VERSION, sees_illness
from services.journal.relations.access import CourseAccess

COMMENT, MADE_UP, COUNTS_NOT, CHANGED_BY_OTHER = 1, 2, 4, 8
"""Flags of a cell."""

_COLUMNS = sa.text(
    "SELECT CAST(l.id AS text), l.taught_on, l.number, l.topic, l.status, l.attendance_checked_at IS NOT NULL,"
    " l.version FROM lesson l WHERE l.course_id = :course AND l.taught_on BETWEEN :from_day AND :to_day"
    " AND l.annulled_at IS NULL ORDER BY l.taught_on, l.number"
)
_ITEMS = sa.text(
    "SELECT CAST(i.id AS text), CAST(i.lesson_id AS text), i.on_day, w.code, i.weight, i.title, i.version"
    " FROM line_item i JOIN work_type w ON w.school_id = i.school_id AND w.id = i.work_type_id"
    " WHERE i.course_id = :course AND i.on_day BETWEEN :from_day AND :to_day AND i.annulled_at IS NULL"
    " ORDER BY i.on_day, w.ordinal, i.ordinal, i.id"
)
_MARKS = sa.text(
    "SELECT CAST(m.line_item_id AS text), i.on_day, CAST(m.student_id AS text), m.slot, m.symbol, m.version,"
    " m.number, i.weight, m.comment, m.made_up, CAST(m.author_id AS text)"
    " FROM mark m JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " WHERE m.course_id = :course AND i.course_id = m.course_id AND m.symbol IS NOT NULL AND i.annulled_at IS NULL"
    " AND i.on_day BETWEEN :from_day AND :to_day"
)
_NUMBERS = sa.text(
    "SELECT m.student_id, m.number, i.weight FROM mark m"
    " JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " WHERE m.course_id = :course AND i.course_id = m.course_id AND m.student_id = ANY(:students)"
    " AND m.number IS NOT NULL"
    " AND i.annulled_at IS NULL AND i.on_day BETWEEN :from_day AND :to_day"
)
_ATTENDANCE = sa.text(
    f"SELECT CAST(a.lesson_id AS text), l.taught_on, CAST(a.student_id AS text), a.status, a.version, {REASON}"  # noqa: S608 - our own text
    " FROM attendance a JOIN lesson l ON l.school_id = a.school_id AND l.id = a.lesson_id"
    " WHERE a.course_id = :course AND a.status IS NOT NULL AND l.annulled_at IS NULL"
    " AND l.taught_on BETWEEN :from_day AND :to_day"
)
_TEACHERS = sa.text(
    "SELECT CAST(t.person_id AS text), p.last_name, p.first_name, p.middle_name, t.from_day, t.to_day"
    " FROM course_teacher t JOIN person p ON p.school_id = t.school_id AND p.id = t.person_id"
    " WHERE t.course_id = :course ORDER BY t.from_day, p.sort_key"
)
_SCALE = sa.text(
    "SELECT s.code, v.symbol FROM scale s LEFT JOIN scale_value v ON v.school_id = s.school_id AND v.scale_id = s.id"
    " WHERE s.id = :scale ORDER BY v.ordinal"
)
_WORK_TYPES = sa.text("SELECT code, title, short_title, weight FROM work_type ORDER BY ordinal")


@dataclass(frozen=True)
class Window:
    """The days a page shows, and the periods it may be switched to."""

    from_day: dt.date
    to_day: dt.date
    period: Period | None
    """The period that the window is, None for a free one."""
    periods: Sequence[Period]


class _Rows:
    """Which row of the page a pupil has on a day: who left and came back has two."""

    def __init__(self, pupils: Rows) -> None:
        self._first: dict[str, int] = {}
        self._again: dict[str, list[tuple[dt.date, dt.date | None, int]]] = {}
        for index, (student_id, _, _, from_day, to_day) in enumerate(pupils):
            first = self._first.setdefault(student_id, index)
            if first != index:
                before = pupils[first]
                terms = self._again.setdefault(student_id, [(before[3], before[4], first)])
                terms.append((from_day, to_day, index))

    def on(self, student_id: str, day: dt.date) -> int | None:
        """Index of the row; outside every term the first one, since what was given stays visible."""
        for from_day, to_day, index in self._again.get(student_id, ()):
            if from_day <= day and (to_day is None or day < to_day):
                return index
        return self._first.get(student_id)


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
    roles = sorted(
        (role.kind, role.classes is None or access.course.class_id in role.classes) for role in identity.roles
    )
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
    course = {"course": access.course.id}
    days = course | {"from_day": window.from_day, "to_day": window.to_day}
    pupils, lessons, items, marks, facts, teachers, scale, types = ask(
        session,
        (MEMBER_LINES, {**days, "class_id": access.course.class_id}),
        (_COLUMNS, days),
        (_ITEMS, days),
        (_MARKS, days),
        (_ATTENDANCE, days),
        (_TEACHERS, course),
        (_SCALE, {"scale": access.course.scale_id}),
        (_WORK_TYPES, {}),
    )
    row_of = _Rows(pupils)
    columns, column_of = _columns(lessons, items)
    cells, comments, numbers = _mark_cells(marks, row_of, column_of, {teacher[0] for teacher in teachers})
    ill = sees_illness(identity, access.facts)
    for lesson_id, taught_on, student_id, status, version, reason in facts:
        row = row_of.on(student_id, taught_on)
        if row is not None:
            cells.append([row, column_of[lesson_id], 0, shown_code(status, reason, ill), version, 0])
    cells.sort(key=_place)
    comments.sort(key=_place)
    return {
        "course": _course_part(access, teachers, scale, types),
        "period": _period_part(window.period),
        "periods": [_period_part(period) for period in window.periods],
        "from": window.from_day,
        "to": window.to_day,
        "today": today,
        "allowed": {"mark": access.facts.teaches, "period_mark": access.facts.teaches},
        "students": [
            {"id": student_id, "name": f"{last_name} {first_name}", "from": from_day, "to": to_day}
            for student_id, last_name, first_name, from_day, to_day in pupils
        ],
        "lessons": [_lesson_part(row, access, window.periods, today) for row in lessons],
        "columns": columns,
        "cells": cells,
        "comments": comments,
        "averages": [shown_average(weighted_average(numbers.get(pupil[0], ()))) for pupil in pupils],
        "version": page_version(access, identity, window, today),
    }


_place = operator.itemgetter(0, 1, 2)
"""Row, column, slot."""


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


def _columns(lessons: Rows, items: Rows) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Columns in order of days: of a lesson first attendance, then what was assessed; the free-standing by date."""
    index_of = {lesson[0]: index for index, lesson in enumerate(lessons)}
    ordered: list[tuple[tuple[Any, ...], str, dict[str, Any]]] = []
    for index, (lesson_id, taught_on, number, *_) in enumerate(lessons):
        ordered.append(((taught_on, number, 0, 0), lesson_id, {"kind": "attendance", "lesson": index}))
    for position, (item_id, lesson_id, on_day, code, weight, title, version) in enumerate(items):
        lesson = index_of.get(lesson_id)
        place = (lessons[lesson][1], lessons[lesson][2], 1) if lesson is not None else (on_day, 99, 1)
        part = {
            "kind": "marks",
            "lesson": lesson,
            "line_item_id": item_id,
            "date": on_day,
            "work_type": code,
            "weight": str(weight.normalize() if weight % 1 else int(weight)),
            "title": title,
            "version": version,
        }
        ordered.append(((*place, position), item_id, part))
    ordered.sort(key=operator.itemgetter(0))
    return [part for _, _, part in ordered], {key: index for index, (_, key, _) in enumerate(ordered)}


def _mark_cells(
    marks: Rows, row_of: _Rows, column_of: Mapping[str, int], teachers: set[str]
) -> tuple[list[list[Any]], list[list[Any]], dict[str, list[tuple[Decimal, Decimal]]]]:
    """Cells, the comments of those that have one, and the numbers of each pupil with their weights."""
    cells: list[list[Any]] = []
    comments: list[list[Any]] = []
    numbers: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for item_id, on_day, student_id, slot, symbol, version, number, weight, comment, made_up, author in marks:
        row = row_of.on(student_id, on_day)
        if row is None:
            continue
        column = column_of[item_id]
        flags = COMMENT * bool(comment) | MADE_UP * made_up | COUNTS_NOT * (number is None)
        cells.append([row, column, slot, symbol, version, flags | CHANGED_BY_OTHER * (author not in teachers)])
        if comment:
            comments.append([row, column, slot, comment])
        if number is not None:
            numbers.setdefault(student_id, []).append((number, weight))
    return cells, comments, numbers


def _course_part(access: CourseAccess, teachers: Rows, scale: Rows, types: Rows) -> dict[str, Any]:
    return {
        "id": access.course.id,
        "subject": access.subject,
        "class": class_name(access.school_class.grade_level, access.school_class.letter),
        "class_id": access.course.class_id,
        "kind": access.course.kind,
        "teachers": [
            {"person_id": person_id, "name": short_name(last, first, middle), "from": from_day, "to": to_day}
            for person_id, last, first, middle, from_day, to_day in teachers
        ],
        "scale": {"code": scale[0][0], "symbols": [symbol for _, symbol in scale if symbol is not None]},
        "work_types": [
            {"code": code, "title": title, "short": short, "weight": str(weight)}
            for code, title, short, weight in types
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


def _lesson_part(
    row: tuple[Any, ...], access: CourseAccess, known_periods: Sequence[Period], today: dt.date
) -> dict[str, Any]:
    lesson_id, taught_on, number, topic, status, checked, version = row
    period = holding(known_periods, taught_on)
    closed = period is not None and period.closed_at is not None
    return {
        "id": lesson_id,
        "date": taught_on,
        "number": number,
        "topic": topic,
        "status": status,
        "editable": lesson_editable(taught_on, status, today, closed, access.facts.teaches),
        "attendance_checked": checked,
        "version": version,
    }
