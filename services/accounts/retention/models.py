"""Terms of a school, acts by which data are destroyed, and what each of them tells which service."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.accounts.retention.rules import CATEGORIES, MOST_YEARS
from services.common.db import school_key, school_reference

_FLOORS = " ".join(f"WHEN '{one.name}' THEN {one.years}" for one in CATEGORIES.values())


class RetentionTerm(Base):
    """A term that the school set itself, by an order of its director; never shorter than the least."""

    __tablename__ = "retention_term"
    __table_args__ = (
        school_key("category"),
        sa.CheckConstraint(
            f"coalesce(years BETWEEN (CASE category {_FLOORS} END) AND {MOST_YEARS}, false)", name="years"
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    category: Mapped[str]
    years: Mapped[int]
    order_number: Mapped[str]
    order_date: Mapped[dt.date]
    decided_by: Mapped[uuid.UUID]
    decided_at: Mapped[dt.datetime]


class DestructionAct(Base):
    """What is to be destroyed and why; kept for ever, with the names as they were."""

    __tablename__ = "destruction_act"
    __table_args__ = (
        school_key(),
        sa.UniqueConstraint("school_id", "number"),
        sa.CheckConstraint("reason IN ('term', 'demand', 'withdrawal')", name="reason"),
        sa.CheckConstraint("(person_id IS NULL) = (reason = 'term')", name="person"),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved"),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_by IS NULL)", name="cancelled"),
        sa.CheckConstraint(
            "num_nonnulls(approved_at, cancelled_at) < 2 AND (done_at IS NULL OR approved_at IS NOT NULL)",
            name="state",
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    number: Mapped[int]
    reason: Mapped[str]
    person_id: Mapped[uuid.UUID | None]
    """Whose data, of one person; else everybody's whose term is over."""
    subject: Mapped[str]
    """The same in words, as the certificate says it."""
    processor: Mapped[str]
    """Who handles the data for the school by contract; empty where nobody does."""
    made_at: Mapped[dt.datetime]
    made_by: Mapped[uuid.UUID]
    maker: Mapped[str]
    """Name and office of who made the act."""
    approved_at: Mapped[dt.datetime | None]
    approved_by: Mapped[uuid.UUID | None]
    approver: Mapped[str] = mapped_column(default="", server_default="")
    operator_name: Mapped[str] = mapped_column(default="", server_default="")
    operator_address: Mapped[str] = mapped_column(default="", server_default="")
    cancelled_at: Mapped[dt.datetime | None]
    cancelled_by: Mapped[uuid.UUID | None]
    done_at: Mapped[dt.datetime | None]

    @property
    def state(self) -> str:
        """draft, cancelled, approved (it is being carried out) or done."""
        if self.cancelled_at is not None:
            return "cancelled"
        if self.approved_at is None:
            return "draft"
        return "approved" if self.done_at is None else "done"


class DestructionPart(Base):
    """What an act tells one service: the order that goes to it by this row's id, and the answer."""

    __tablename__ = "destruction_part"
    __table_args__ = (
        school_key(),
        school_reference("destruction_act", "act_id"),
        sa.UniqueConstraint("school_id", "act_id", "category"),
        sa.CheckConstraint("(done_at IS NULL) = (destroyed IS NULL)", name="done"),
        sa.Index(None, "school_id", "ask_at", postgresql_where=sa.text("ask_at IS NOT NULL AND done_at IS NULL")),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    act_id: Mapped[uuid.UUID]
    category: Mapped[str]
    before: Mapped[dt.date | None]
    """What is older than this day goes; empty where the act is about one person."""
    ask_at: Mapped[dt.datetime | None]
    """When the service is told next; empty before the act is approved."""
    destroyed: Mapped[int | None]
    done_at: Mapped[dt.datetime | None]
