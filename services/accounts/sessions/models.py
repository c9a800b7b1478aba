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
    device_key_hash: Mapped[str] = mapped_column(server_default="")
    """Of the key by which its device is known again; empty without one."""
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
    familiar: Mapped[bool] = mapped_column(server_default=sa.false())
    """The account had signed in at this address before: then it is its own affair and not the address's."""
    wait_told: Mapped[bool] = mapped_column(server_default=sa.false())
    """The wait that began with it stands in the log of sign-ins."""


class KnownDevice(Base):
    """A device that signed in before, by the hash of a key that it made itself."""

    __tablename__ = "known_device"
    __table_args__ = (sa.PrimaryKeyConstraint("account_id", "key_hash"),)

    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    key_hash: Mapped[str]
    id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=sa.func.gen_random_uuid())
    """By which its owner names it."""
    name: Mapped[str] = mapped_column(server_default="")
    failures: Mapped[int]
    """Wrong passwords since the last right one; too many and the device is a stranger again."""
    last_used_at: Mapped[dt.datetime]
    trusted_until: Mapped[dt.datetime | None]
    """Until then nobody asks for the second factor here."""


class KnownAddress(Base):
    """An address at which an account signed in before, by its keyed hash."""

    __tablename__ = "known_address"
    __table_args__ = (sa.PrimaryKeyConstraint("account_id", "address_hash"),)

    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    address_hash: Mapped[str]
    last_used_at: Mapped[dt.datetime]
