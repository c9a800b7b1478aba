"""An account stands above schools; a membership says which person it is in one of them."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key


class Account(Base):
    __tablename__ = "account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    """Empty until its first code was used."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (
        school_key(),
        sa.UniqueConstraint("school_id", "person_id"),
        sa.UniqueConstraint("school_id", "account_id"),
        sa.Index(None, "account_id"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    person_id: Mapped[uuid.UUID]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())
    ended_at: Mapped[dt.datetime | None]
