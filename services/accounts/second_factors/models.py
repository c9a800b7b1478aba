"""Second factors of accounts, and codes for who lost the device. None of it belongs to a school."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base


class SecondFactor(Base):
    """At most one is live for an account; it counts once a first code of it was right."""

    __tablename__ = "second_factor"
    __table_args__ = (
        sa.CheckConstraint("(confirmed_at IS NULL) = (last_step IS NULL)", "confirmed"),
        sa.CheckConstraint("(secret IS NULL) = (ended_at IS NOT NULL)", "secret"),
        sa.Index("second_factor_live_key", "account_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    secret: Mapped[str | None]
    """In base32, encrypted with the installation's secret; gone once the factor has ended."""
    begun_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger())
    """Of the latest code that was taken: neither it nor an earlier one is taken again."""
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[uuid.UUID | None]
    """The person who ended it: the owner or an administrator."""


class RecoveryCode(Base):
    """Of which only an Argon2id hash is kept, found by its first signs."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        sa.Index(
            "recovery_code_live_key",
            "factor_id",
            "selector",
            unique=True,
            postgresql_where=sa.text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    factor_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("second_factor.id"))
    selector: Mapped[str]
    code_hash: Mapped[str]
    made_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
