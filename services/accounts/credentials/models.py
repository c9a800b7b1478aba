"""Activation codes, of which only the SHA-256 is kept."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key


class ActivationCode(Base):
    __tablename__ = "activation_code"
    __table_args__ = (
        school_key(),
        sa.UniqueConstraint("token_hash"),
        sa.Index(None, "school_id", "person_id"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    """The account it opens; its login stands on the same slip."""
    token_hash: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())
    expires_at: Mapped[dt.datetime]
    tries: Mapped[int]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    handed_at: Mapped[dt.datetime | None]
    """When the slip was given to its owner, as whoever gave it says."""
    handed_by: Mapped[uuid.UUID | None]
