"""The teacher's fact and the class teacher's reason."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class Attendance(Base):
    """What the teacher saw of a pupil in a lesson; without a status the row says "was there after all"."""

    __tablename__ = "attendance"
    __table_args__ = (
        school_key(),
        school_reference("course", "course_id"),
        school_reference("lesson", "lesson_id"),
        school_reference("student", "student_id", "person_id"),
        UniqueConstraint("school_id", "lesson_id", "student_id"),
        CheckConstraint("status IN ('absent', 'late', 'exempt')", name="status"),
        CheckConstraint(
            "minutes_late IS NULL OR (status = 'late' AND minutes_late BETWEEN 1 AND 90)", name="minutes"
        ),
        Index(None, "school_id", "course_id"),
        Index(None, "school_id", "student_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID]
    lesson_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    status: Mapped[str | None]
    minutes_late: Mapped[int | None]
    version: Mapped[int]
    author_id: Mapped[uuid.UUID]
    updated_at: Mapped[dt.datetime]


class Excuse(Base):
    """Why a pupil was away, `from_day` to `to_day` (half-open). Grounds and papers lie elsewhere."""

    __tablename__ = "excuse"
    __table_args__ = (
        school_key(),
        school_reference("student", "student_id", "person_id"),
        CheckConstraint("reason IN ('ill', 'valid', 'invalid')", name="reason"),
        CheckConstraint("to_day > from_day", name="days"),
        Index(
            "excuse_school_id_student_id_idx", "school_id", "student_id", postgresql_where=text("annulled_at IS NULL")
        ),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date]
    reason: Mapped[str]
    author_id: Mapped[uuid.UUID]
    created_at: Mapped[dt.datetime]
    annulled_at: Mapped[dt.datetime | None]
    annul_reason: Mapped[str] = mapped_column(default="")
