"""Second factors by account."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.second_factors.models import RecoveryCode, SecondFactor

_LIVE_CODE = (RecoveryCode.used_at.is_(None), RecoveryCode.revoked_at.is_(None))


def live_factor(session: Session, account_id: uuid.UUID, *, locked: bool = False) -> SecondFactor | None:
    """The account's factor, begun or confirmed."""
    query = sa.select(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.ended_at.is_(None))
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def confirmed_factor(session: Session, account_id: uuid.UUID, *, locked: bool = False) -> SecondFactor | None:
    """The account's factor if it counts."""
    factor = live_factor(session, account_id, locked=locked)
    return factor if factor is not None and factor.confirmed_at is not None else None


def recovery_code(session: Session, factor_id: uuid.UUID, selector: str) -> RecoveryCode | None:
    return session.scalar(
        sa.select(RecoveryCode).where(
            RecoveryCode.factor_id == factor_id, RecoveryCode.selector == selector, *_LIVE_CODE
        )
    )


def recovery_codes_left(session: Session, factor_id: uuid.UUID) -> int:
    counted = sa.select(sa.func.count()).where(RecoveryCode.factor_id == factor_id, *_LIVE_CODE)
    return session.scalar(counted) or 0
