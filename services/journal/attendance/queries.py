"""Attendance and excuses as they are read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.attendance.models import Excuse
from services.journal.lessons.models import Lesson

REASON = (
    "(SELECT e.reason FROM excuse e WHERE e.school_id = a.school_id AND e.student_id = a.student_id"
    " AND e.annulled_at IS NULL AND e.from_day <= l.taught_on AND e.to_day > l.taught_on"
    " ORDER BY e.created_at DESC LIMIT 1)"
)
"""SQL: why the pupil of `attendance a` missed `lesson l`; of several excuses of a day the latest one counts."""


@dataclass(frozen=True)
class Roll:
    """The roll of a lesson: who was not simply present."""

    lesson_id: uuid.UUID
    checked_at: dt.datetime | None
    entries: list[dict[str, Any]]
    version: str | None
    """Moves with every fact of the lesson, by whatever road it came; None before anything was written."""

    @property
    def checked(self) -> bool:
        return self.checked_at is not None


_FACTS = sa.text(
    "SELECT student_id, status, minutes_late, version FROM attendance WHERE lesson_id = :lesson ORDER BY student_id"
)


def roll(session: Session, lesson: Lesson) -> Roll:
    """The roll as it stands now."""
    facts = session.execute(_FACTS, {"lesson": lesson.id}).all()
    written = lesson.attendance_version > 0 or bool(facts)
    versions = sum(version for _, _, _, version in facts)
    return Roll(
        lesson_id=lesson.id,
        checked_at=lesson.attendance_checked_at,
        entries=[
            {"student_id": student_id, "status": status, "minutes_late": minutes}
            for student_id, status, minutes, _ in facts
            if status is not None
        ],
        version=f"{lesson.attendance_version}-{len(facts)}-{versions}" if written else None,
    )


def excuses(session: Session, student_id: uuid.UUID) -> Sequence[Excuse]:
    """Excuses of a pupil that stand, the latest first."""
    return session.scalars(
        sa.select(Excuse)
        .where(Excuse.student_id == student_id, Excuse.annulled_at.is_(None))
        .order_by(Excuse.from_day.desc(), Excuse.id)
    ).all()
