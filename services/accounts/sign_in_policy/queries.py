"""Which roles ask for a second factor, and whose do not count for want of one."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.second_factors.queries import confirmed_factor
from services.accounts.second_factors.rules import withheld
from services.accounts.sign_in_policy.models import SignInPolicy


def demanding_roles(session: Session) -> list[str]:
    """In the transaction's school."""
    return list(session.scalar(sa.select(SignInPolicy.second_factor_roles)) or ())


def withheld_roles(session: Session, account_id: uuid.UUID, held: Collection[str]) -> frozenset[str]:
    """Of the kinds held by the account's person in the transaction's school, those that do not count yet.

    Asked at every look at a token: who holds no role costs nothing.
    """
    asked = withheld(held, demanding_roles(session), has_factor=False) if held else frozenset()
    return asked if asked and confirmed_factor(session, account_id) is None else frozenset()
