"""Decisions of families, each a row of its own that stays; the live one of a pair and purpose is unique."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.accounts.consents.rules import Purpose
from services.common.db import school_key

_PURPOSES = ", ".join(f"'{purpose}'" for purpose in Purpose)
LIVE = sa.text("counts AND superseded_at IS NULL")


class Consent(Base):
    """What one signer decided for one pupil and purpose. Bound to people by id alone: a decision may be
    taken about somebody whose registration is still under way."""

    __tablename__ = "consent"
    __table_args__ = (
        school_key(),
        sa.CheckConstraint(f"purpose IN ({_PURPOSES})", "purpose"),
        sa.CheckConstraint("decision IN ('given', 'refused')", "decision"),
        sa.CheckConstraint("source IN ('office', 'system', 'import')", "source"),
        sa.Index(
            "consent_live_key",
            "school_id",
            "student_id",
            "guardian_id",
            "purpose",
            unique=True,
            postgresql_where=LIVE,
        ),
        sa.Index("consent_live_guardian_idx", "school_id", "guardian_id", postgresql_where=LIVE),
        sa.UniqueConstraint("school_id", "student_id", "guardian_id", "purpose", "import_id"),
        sa.CheckConstraint("form_id IS NULL OR source <> 'import'", "form"),
        sa.ForeignKeyConstraint(
            ["school_id", "form_id", "purpose"],
            ["consent_form.school_id", "consent_form.id", "consent_form.purpose"],
        ),
        sa.Index(
            "consent_withdrawn_idx", "school_id", "withdrawn_at", postgresql_where=sa.text("withdrawn_at IS NOT NULL")
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    guardian_id: Mapped[uuid.UUID]
    """Who signed: a guardian, or from 14 the pupil."""
    purpose: Mapped[str]
    decision: Mapped[str]
    signed_on: Mapped[dt.date]
    until: Mapped[dt.date | None]
    """The last day on which it holds; empty: until leaving."""
    document: Mapped[str]
    form_id: Mapped[uuid.UUID | None]
    """The version of the form that was signed; empty: a list's, or a paper of the school's own."""
    source: Mapped[str]
    """office: on paper, recorded by the school; system: by the signer himself; import: declared by a list."""
    import_id: Mapped[uuid.UUID | None]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime]
    counts: Mapped[bool]
    """False: a list said so, beside a decision that a list may not overwrite; only shown."""
    superseded_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None]
    withdrawn_import_id: Mapped[uuid.UUID | None]
    """The list whose «нет» asked for the withdrawal."""


class Dispute(Base):
    """The office's entry «обработка оспорена»: while it is open nobody reads this pupil by consent, and this signer
    reads nobody and is mailed nothing."""

    __tablename__ = "dispute"
    __table_args__ = (
        school_key(),
        sa.Index(
            "dispute_open_key",
            "school_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    """A pupil, or a signer whose own data it is about."""
    document: Mapped[str]
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[uuid.UUID]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[uuid.UUID | None]
