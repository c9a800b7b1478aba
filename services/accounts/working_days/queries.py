"""What a school says of its days."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.working_days.models import OwnDay


def own_days(session: Session) -> dict[dt.date, bool]:
    """By day, whether it is worked, as was said last."""
    return {one.day: one.working for one in session.scalars(sa.select(OwnDay).order_by(OwnDay.id))}
