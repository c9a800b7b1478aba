"""Marks of a period."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class PeriodMark(Base):
    """The mark of a pupil for a course and period; cleared, it keeps row and version."""

    __tablename__ = "period_mark"
    __table_args__ = (
        school_key(),
        school_reference("period", "period_id"),
        school_reference("course", "course_id"),
        school_reference("student", "student_id", "person_id"),
        UniqueConstraint("school_id", "course_id", "period_id", "student_id"),
        CheckConstraint("reason IN ('', 'valid', 'programme')", name="reason"),
        Index(None, "school_id", "student_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    period_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    symbol: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    comment: Mapped[str] = mapped_column(default="")
    version: Mapped[int]
    author_id: Mapped[uuid.UUID]
    updated_at: Mapped[dt.datetime]
