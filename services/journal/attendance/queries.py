"""Attendance and excuses as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.attendance.models import Attendance, Excuse
from services.journal.lessons.models import Lesson

REASON = (
    "(SELECT e.reason FROM excuse e WHERE e.school_id = a.school_id AND e.student_id = a.student_id"
    " AND e.annulled_at IS NULL AND e.from_day <= l.taught_on AND e.to_day > l.taught_on"
    " ORDER BY e.created_at DESC LIMIT 1)"
)
"""SQL: why the pupil of `attendance a` missed `lesson l`; of several excuses of a day the latest one counts."""


def roll(session: Session, lesson: Lesson) -> dict[str, Any]:
    """The roll of a lesson: who was not simply present."""
    rows = session.scalars(
        sa.select(Attendance)
        .where(Attendance.lesson_id == lesson.id, Attendance.status.is_not(None))
        .order_by(Attendance.student_id)
    ).all()
    return {
        "lesson_id": lesson.id,
        "checked": lesson.attendance_checked_at is not None,
        "checked_at": lesson.attendance_checked_at,
        "entries": [
            {"student_id": row.student_id, "status": row.status, "minutes_late": row.minutes_late} for row in rows
        ],
    }


def roll_version(session: Session, lesson: Lesson) -> str | None:
    """Moves with every fact of the lesson, by whatever road it came; None before anything was written."""
    count, versions = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Attendance.version), 0)).where(
            Attendance.lesson_id == lesson.id
        )
    ).one()
    if lesson.attendance_version == 0 and count == 0:
        return None
    return f"{lesson.attendance_version}-{count}-{versions}"


def excuses(session: Session, student_id: uuid.UUID) -> Sequence[Excuse]:
    """Excuses of a pupil that stand, the latest first."""
    return session.scalars(
        sa.select(Excuse)
        .where(Excuse.student_id == student_id, Excuse.annulled_at.is_(None))
        .order_by(Excuse.from_day.desc(), Excuse.id)
    ).all()
