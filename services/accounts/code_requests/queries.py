"""Open requests for a new code."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.code_requests.models import CodeRequest


def open_requests(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """By person, since when a new code is asked for."""
    rows = session.execute(
        sa.select(CodeRequest.person_id, CodeRequest.asked_at).where(
            CodeRequest.person_id.in_(people), CodeRequest.settled_at.is_(None)
        )
    )
    return {row.person_id: row.asked_at for row in rows}
