"""Slips handed over."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.credentials.models import ActivationCode
from services.accounts.credentials.queries import opens
from services.common.problems import ConflictError


def hand_over(session: Session, people: Collection[uuid.UUID], by: uuid.UUID, now: dt.datetime) -> None:
    """The slips of these people are in their hands; told again it stays as it was first told.

    Raises ConflictError when somebody has no slip that opens anything.
    """
    codes = session.scalars(
        sa.select(ActivationCode).where(ActivationCode.person_id.in_(people), *opens(now)).with_for_update()
    ).all()
    if {code.person_id for code in codes} != set(people):
        raise ConflictError("Somebody of these has no slip that opens anything.", code="no-slip")
    for code in codes:
        if code.handed_at is None:
            code.handed_at, code.handed_by = now, by
    session.flush()
