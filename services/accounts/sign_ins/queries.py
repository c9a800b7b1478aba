"""Reading the log of sign-ins."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.sign_ins.models import SignInEvent


def sign_ins_of(session: Session, account_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> list[SignInEvent]:
    """The latest first, as far as the transaction's school may know of them."""
    query = (
        sa.select(SignInEvent)
        .where(SignInEvent.account_id == account_id)
        .order_by(SignInEvent.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query if after is None else query.where(SignInEvent.id < after)))
