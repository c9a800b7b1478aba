"""A pupil's days: lessons with topics, marks and attendance, in a few queries."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.batch import ask
from services.journal.attendance.queries import REASON
from services.journal.attendance.rules import shown_code

_LESSONS = sa.text(
    "SELECT CAST(l.id AS text), l.taught_on, l.number, l.topic, l.status, s.name FROM enrollment e"
    " JOIN course k ON k.school_id = e.school_id AND k.class_id = e.class_id"
    " JOIN subject s ON s.school_id = k.school_id AND s.id = k.subject_id"
    " JOIN lesson l ON l.school_id = k.school_id AND l.course_id = k.id"
    " WHERE e.student_id = :student AND l.annulled_at IS NULL AND l.taught_on BETWEEN :from_day AND :to_day"
    " AND e.from_day <= l.taught_on AND (e.to_day IS NULL OR e.to_day > l.taught_on)"
    " ORDER BY l.taught_on, l.number, s.name"
)
_MARKS = sa.text(
    "SELECT CAST(i.lesson_id AS text), i.on_day, s.name, m.symbol, m.slot, m.comment, m.made_up, i.weight, w.code,"
    " w.title, i.title FROM mark m JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " JOIN work_type w ON w.school_id = i.school_id AND w.id = i.work_type_id"
    " JOIN course k ON k.school_id = m.school_id AND k.id = m.course_id"
    " JOIN subject s ON s.school_id = k.school_id AND s.id = k.subject_id"
    " WHERE m.student_id = :student AND m.symbol IS NOT NULL AND i.annulled_at IS NULL"
    " AND i.on_day BETWEEN :from_day AND :to_day ORDER BY i.on_day, w.ordinal, i.ordinal, m.slot"
)
_ATTENDANCE = sa.text(
    f"SELECT CAST(a.lesson_id AS text), a.status, a.minutes_late, {REASON}"  # noqa: S608 - our own text
    " FROM attendance a JOIN lesson l ON l.school_id = a.school_id AND l.id = a.lesson_id"
    " WHERE a.student_id = :student AND a.status IS NOT NULL AND l.taught_on BETWEEN :from_day AND :to_day"
)


def diary(
    session: Session, student_id: uuid.UUID, from_day: dt.date, to_day: dt.date, sees_illness: bool
) -> list[dict[str, Any]]:
    """Days from `from_day` to `to_day`, each with its lessons; marks without a lesson stand beside them."""
    parameters = {"student": student_id, "from_day": from_day, "to_day": to_day}
    days: dict[dt.date, dict[str, Any]] = {}
    for offset in range((to_day - from_day).days + 1):
        day = from_day + dt.timedelta(days=offset)
        days[day] = {"date": day, "lessons": [], "marks": []}
    of_lessons, marks, facts = ask(session, (_LESSONS, parameters), (_MARKS, parameters), (_ATTENDANCE, parameters))
    lessons: dict[str, dict[str, Any]] = {}
    for lesson_id, taught_on, number, topic, status, subject in of_lessons:
        lesson = {
            "id": lesson_id,
            "number": number,
            "subject": subject,
            "topic": topic,
            "status": status,
            "attendance": None,
            "marks": [],
        }
        lessons[lesson_id] = lesson
        days[taught_on]["lessons"].append(lesson)
    for row in marks:
        lesson_id, on_day, subject, symbol, slot, comment, made_up, weight, code, title, own_title = row
        mark = {
            "symbol": symbol,
            "slot": slot,
            "work_type": code,
            "work_type_title": title,
            "title": own_title,
            "weight": str(weight),
            "comment": comment,
            "made_up": made_up,
        }
        if lesson_id in lessons:
            lessons[lesson_id]["marks"].append(mark)
        else:
            days[on_day]["marks"].append(mark | {"subject": subject})
    for lesson_id, status, minutes, reason in facts:
        if lesson_id in lessons:
            code = shown_code(status, reason, sees_illness)
            lessons[lesson_id]["attendance"] = {"code": code, "minutes_late": minutes}
    return list(days.values())
