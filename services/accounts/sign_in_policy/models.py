"""What a school asks of those who sign in; without a row nothing beyond the password."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.accounts.roles.rules import RoleKind

_KINDS = ", ".join(f"'{kind}'" for kind in RoleKind)


class SignInPolicy(Base):
    __tablename__ = "sign_in_policy"
    __table_args__ = (sa.CheckConstraint(f"second_factor_roles <@ ARRAY[{_KINDS}]", "second_factor_roles"),)

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"), primary_key=True)
    second_factor_roles: Mapped[list[str]] = mapped_column(postgresql.ARRAY(sa.Text()))
    """Kinds of roles that count only for holders of a second factor."""
