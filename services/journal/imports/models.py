"""A list that was sent in, and what lists have declared."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class ImportFile(Base):
    """The cells of a file as text; they go a day after an import that was not done, a month after one that was."""

    __tablename__ = "import_file"
    __table_args__ = (
        school_key(),
        CheckConstraint("kind IN ('students')", name="kind"),
        CheckConstraint("(committed_at IS NULL) = (answer IS NULL)", name="committed"),
        Index(None, "created_at"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    kind: Mapped[str]
    file_name: Mapped[str]
    encoding: Mapped[str]
    header_row: Mapped[int]
    """Row of the file, from 1, that names the columns."""
    cells: Mapped[list[list[str]]] = mapped_column(JSONB)
    """Rows from the header on, the header first."""
    fields: Mapped[list[str | None]] = mapped_column(JSONB)
    """What each column holds; None for what is not taken."""
    guessed: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[uuid.UUID]
    created_at: Mapped[dt.datetime]
    committed_at: Mapped[dt.datetime | None]
    digest: Mapped[str | None]
    """Of the plan that was carried out."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class DeclaredConsent(Base):
    """What lists last said of a guardian and a pupil: whether a list says anything new is decided here,
    what it is worth is decided by accounts."""

    __tablename__ = "declared_consent"
    __table_args__ = (
        school_key("student_id", "guardian_id"),
        school_reference("student", "student_id", "person_id"),
        school_reference("guardian", "guardian_id", "person_id"),
        CheckConstraint("decision IN ('given', 'refused')", name="decision"),
    )

    school_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    guardian_id: Mapped[uuid.UUID]
    decision: Mapped[str]
    signed_on: Mapped[dt.date]
    import_id: Mapped[uuid.UUID]
