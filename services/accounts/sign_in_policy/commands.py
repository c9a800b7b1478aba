"""Deciding which roles ask for a second factor."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.roles.rules import RoleKind
from services.accounts.sign_in_policy.models import SignInPolicy


def demand_second_factor(session: Session, school_id: uuid.UUID, roles: Collection[RoleKind]) -> None:
    """From now on these roles, and no others, count only for holders of a second factor."""
    kinds = sorted(str(role) for role in roles)
    session.execute(
        insert(SignInPolicy)
        .values(school_id=school_id, second_factor_roles=kinds)
        .on_conflict_do_update(index_elements=["school_id"], set_={"second_factor_roles": kinds})
    )
