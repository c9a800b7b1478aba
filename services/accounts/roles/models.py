"""Roles of the institution, each for a half-open time and, where it is limited, over classes or directions."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.accounts.roles.rules import RoleKind
from services.common.db import school_key

_KINDS = ", ".join(f"'{kind}'" for kind in RoleKind)


class Role(Base):
    __tablename__ = "role"
    __table_args__ = (
        school_key(),
        sa.CheckConstraint(f"kind IN ({_KINDS})", "kind"),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", "order"),
        sa.Index(None, "school_id", "person_id"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    classes: Mapped[list[uuid.UUID] | None] = mapped_column(postgresql.ARRAY(sa.Uuid()))
    """Classes it is limited to; empty: the whole school."""
    directions: Mapped[list[str] | None] = mapped_column(postgresql.ARRAY(sa.Text()))
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date | None]
    """The first day on which it is held no more."""
    order_number: Mapped[str]
    order_date: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())
