"""Requests about personal data, and what each service has told for them."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key, school_reference


class PrivacyRequest(Base):
    """What somebody asked of the school about his own data or his child's, and how it ended."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        school_key(),
        school_reference("dispute", "dispute_id"),
        school_reference("destruction_act", "act_id"),
        sa.UniqueConstraint("school_id", "number"),
        sa.CheckConstraint("kind IN ('access', 'correction', 'restriction', 'erasure')", "kind"),
        sa.CheckConstraint("source IN ('office', 'system')", "source"),
        sa.CheckConstraint("outcome IN ('granted', 'refused', 'withdrawn')", "outcome"),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", "closed"),
        sa.CheckConstraint("(outcome = 'refused') = (grounds IS NOT NULL)", "grounds"),
        sa.CheckConstraint("outcome = 'withdrawn' OR closed_at IS NULL OR answer <> ''", "answer"),
        sa.CheckConstraint("(extended_on IS NULL) = (extension_reason = '')", "extended"),
        sa.Index(
            "privacy_request_open_key",
            "school_id",
            "subject_id",
            "requester_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index(None, "school_id", "requester_id"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    number: Mapped[int]
    """Within the school, from 1: by it the journal of requests and letters name it."""
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    """Whose data."""
    requester_id: Mapped[uuid.UUID]
    """Who asks: the subject, or a guardian."""
    source: Mapped[str]
    """system: by the requester himself; office: on paper, written down by the school."""
    text: Mapped[str]
    document: Mapped[str]
    """Number and day of the paper."""
    received_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[uuid.UUID]
    due_on: Mapped[dt.date]
    extended_on: Mapped[dt.date | None]
    """The day on which the term was extended; `due_on` is the new one since."""
    extension_reason: Mapped[str]
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[uuid.UUID | None]
    outcome: Mapped[str | None]
    grounds: Mapped[str | None]
    answer: Mapped[str]
    dispute_id: Mapped[uuid.UUID | None]
    """The restriction that the answer began."""
    act_id: Mapped[uuid.UUID | None]
    """The act of destruction that the answer led to; it waits for the director."""


class PrivacyPart(Base):
    """What one service keeps about the subject: asked for until it has answered, kept for a time, then let go."""

    __tablename__ = "privacy_part"
    __table_args__ = (
        school_key("request_id", "service"),
        school_reference("privacy_request", "request_id"),
        sa.CheckConstraint("content IS NULL OR received_at IS NOT NULL", "content"),
        sa.CheckConstraint("let_go_at IS NULL OR content IS NULL", "let_go"),
        sa.Index(None, "school_id", "ask_at", postgresql_where=sa.text("received_at IS NULL")),
    )

    school_id: Mapped[uuid.UUID]
    request_id: Mapped[uuid.UUID]
    service: Mapped[str]
    attempt: Mapped[int]
    ask_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime | None]
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary(), deferred=True)
    """JSON of sections, gzip."""
    let_go_at: Mapped[dt.datetime | None]
