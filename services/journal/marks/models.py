"""Marks and the operations that were applied to the page."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class Mark(Base):
    """One mark of one pupil for one line item and slot. A cleared one keeps its row and its version."""

    __tablename__ = "mark"
    __table_args__ = (
        school_key(),
        school_reference("course", "course_id"),
        school_reference("line_item", "line_item_id"),
        school_reference("student", "student_id", "person_id"),
        UniqueConstraint("school_id", "line_item_id", "student_id", "slot"),
        CheckConstraint("slot IN (0, 1)", name="slot"),
        CheckConstraint("symbol IS NOT NULL OR number IS NULL", name="cleared"),
        Index(None, "school_id", "course_id"),
        Index(None, "school_id", "student_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID]
    line_item_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    slot: Mapped[int]
    symbol: Mapped[str | None]
    number: Mapped[decimal.Decimal | None]
    made_up: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(default="")
    version: Mapped[int]
    author_id: Mapped[uuid.UUID]
    updated_at: Mapped[dt.datetime]


class PageOperation(Base):
    """An operation that was applied, kept 30 days, so that sending it again changes nothing."""

    __tablename__ = "page_operation"
    __table_args__ = (school_key("person_id", "op_id"), Index(None, "created_at"))

    school_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    op_id: Mapped[uuid.UUID]
    digest: Mapped[str]
    """SHA-256 of the content: the same id with other content is refused."""
    answer: Mapped[dict[str, object]] = mapped_column(JSONB)
    created_at: Mapped[dt.datetime]
