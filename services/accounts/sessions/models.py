"""Sessions and what guards the door. None of it belongs to a school."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base


class SignInSession(Base):
    """One opaque token, of which only the SHA-256 is kept."""

    __tablename__ = "session"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('browser', 'app', 'program')", "kind"),
        sa.Index(None, "account_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    current_school: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    device_name: Mapped[str]
    trusted: Mapped[bool]
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime]
    """When the password was last shown in this session."""
    idle_until: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class SignInAttempt(Base):
    """A try at a password, counted as failed until it succeeds."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index(None, "login_hash", "at"),
        sa.Index(None, "address_hash", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    login_hash: Mapped[str]
    """Of whatever was typed: an unknown login is slowed down exactly like a known one."""
    address_hash: Mapped[str]
    at: Mapped[dt.datetime]


class KnownDevice(Base):
    """A device that signed in before, by the hash of a key that it made itself."""

    __tablename__ = "known_device"
    __table_args__ = (sa.PrimaryKeyConstraint("account_id", "key_hash"),)

    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    key_hash: Mapped[str]
    failures: Mapped[int]
    """Wrong passwords since the last right one; too many and the device is a stranger again."""
    last_used_at: Mapped[dt.datetime]
