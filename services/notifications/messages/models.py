"""Tables of messages, of their deliveries and of the absences that a day's message speaks of."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ARRAY, CheckConstraint, Index, UniqueConstraint, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.notifications.base import Base


class Absence(Base):
    """The last word on one pupil at one lesson."""

    __tablename__ = "absence"
    __table_args__ = (school_key(), Index(None, "school_id", "student_id", "taught_on"))

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    taught_on: Mapped[dt.date]
    number: Mapped[int]
    subject: Mapped[str]
    absent: Mapped[bool]
    version: Mapped[int]
    epoch: Mapped[str] = mapped_column(default="", server_default="")
    """Of journal's stream, in which `version` says what is newer; empty in rows of before this was kept."""


class Message(Base):
    """One cause to write: a version of a mark, or the absences of a pupil on a day."""

    __tablename__ = "message"
    __table_args__ = (
        school_key(),
        UniqueConstraint("school_id", "kind", "cause_id", "cause_version"),
        CheckConstraint("kind IN ('mark', 'absence')", name="kind"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    kind: Mapped[str]
    cause_id: Mapped[uuid.UUID]
    cause_version: Mapped[int]
    """Grows with every message of the cause; the version of the fact, as long as journal was never restored."""
    fact_version: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the mark that is told of."""
    epoch: Mapped[str] = mapped_column(default="", server_default="")
    """Of journal's stream, in which `fact_version` says what is newer; empty in rows of before this was kept."""
    student_id: Mapped[uuid.UUID]
    taught_on: Mapped[dt.date]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    work_type_title: Mapped[str] = mapped_column(default="", server_default="")
    symbol: Mapped[str | None]
    """The mark as written; nothing where it was taken back."""
    before: Mapped[str | None]
    """What stood there before this system first had to tell of the mark."""
    due_at: Mapped[dt.datetime]
    request_id: Mapped[str] = mapped_column(default="", server_default="")


class Delivery(Base):
    """One copy for one address: what remains to be done, and how it ended."""

    __tablename__ = "delivery"
    __table_args__ = (
        school_key(),
        school_reference("message", "message_id"),
        UniqueConstraint("school_id", "message_id", "address"),
        CheckConstraint(
            "state IN ('pending', 'running', 'held', 'done', 'failed', 'not_consented', 'replaced')",
            name="state",
        ),
        Index(
            None,
            "school_id",
            "not_before",
            postgresql_where=text("state IN ('pending', 'held', 'running')"),
        ),
        Index(None, "school_id", "address"),
        Index(None, "token_hash", unique=True),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    message_id: Mapped[uuid.UUID]
    address: Mapped[str]
    guardian_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    told: Mapped[str | None]
    """What the letter said: a symbol, or the numbers of the missed lessons."""
    attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    not_before: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    undecided_since: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
