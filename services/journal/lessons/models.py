"""Lessons and line items."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class Lesson(Base):
    __tablename__ = "lesson"
    __table_args__ = (
        school_key(),
        school_reference("course", "course_id"),
        CheckConstraint("number BETWEEN 1 AND 15", name="number"),
        CheckConstraint("status IN ('planned', 'held', 'cancelled')", name="status"),
        Index(
            "lesson_school_id_course_id_taught_on_number_key",
            "school_id",
            "course_id",
            "taught_on",
            "number",
            unique=True,
            postgresql_where=text("annulled_at IS NULL"),
        ),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID]
    taught_on: Mapped[dt.date]
    number: Mapped[int]
    """Place in the day, not in the course."""
    starts_at: Mapped[dt.time | None]
    ends_at: Mapped[dt.time | None]
    topic: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="planned")
    version: Mapped[int] = mapped_column(default=1)
    attendance_checked_at: Mapped[dt.datetime | None]
    attendance_checked_by: Mapped[uuid.UUID | None]
    attendance_version: Mapped[int] = mapped_column(default=0)
    annulled_at: Mapped[dt.datetime | None]
    annul_reason: Mapped[str] = mapped_column(default="")


class LineItem(Base):
    """What is assessed: a column of the journal, of a lesson or free-standing."""

    __tablename__ = "line_item"
    __table_args__ = (
        school_key(),
        school_reference("course", "course_id"),
        school_reference("lesson", "lesson_id"),
        school_reference("work_type", "work_type_id"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
        Index(
            "line_item_school_id_lesson_id_work_type_id_ordinal_key",
            "school_id",
            "lesson_id",
            "work_type_id",
            "ordinal",
            unique=True,
            postgresql_where=text("annulled_at IS NULL AND lesson_id IS NOT NULL"),
        ),
        Index(None, "school_id", "course_id", "on_day"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID]
    lesson_id: Mapped[uuid.UUID | None]
    on_day: Mapped[dt.date]
    work_type_id: Mapped[uuid.UUID]
    weight: Mapped[decimal.Decimal]
    title: Mapped[str] = mapped_column(default="")
    ordinal: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    annulled_at: Mapped[dt.datetime | None]
    annul_reason: Mapped[str] = mapped_column(default="")
