"""The log of sign-ins. The application may add to it and read it, nothing else."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.accounts.sign_ins.rules import SignInKind

_KINDS = ", ".join(f"'{kind}'" for kind in SignInKind)


class SignInEvent(Base):
    """Seen in the schools that the account belongs to; what happened in one of them, in that one alone."""

    __tablename__ = "sign_in_event"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({_KINDS})", "kind"),
        sa.Index(None, "account_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    in_school: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("school.id"))
    """Empty for what concerns the account wherever it is used."""
    kind: Mapped[str]
    at: Mapped[dt.datetime]
    device: Mapped[str]
    """As the device named itself."""
    network: Mapped[str]
    """A neighbourhood of addresses, never a single one."""
