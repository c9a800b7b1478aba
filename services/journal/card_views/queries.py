"""Looks at cards, the latest first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.journal.card_views.models import CardView


@dataclass(frozen=True)
class Asked:
    """Which looks: on days of the school from `from_day` to `to_day`, both included; of and at whom."""

    from_day: dt.date
    to_day: dt.date
    viewer_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None


def card_views(
    session: Session, asked: Asked, zone: str, limit: int, before: uuid.UUID | None = None
) -> Sequence[CardView]:
    """Up to `limit` looks older than the look `before`."""
    here = ZoneInfo(zone)
    start = dt.datetime.combine(asked.from_day, dt.time(), here)
    end = dt.datetime.combine(asked.to_day + dt.timedelta(days=1), dt.time(), here)
    query = sa.select(CardView).where(CardView.at >= start, CardView.at < end)
    if asked.viewer_id is not None:
        query = query.where(CardView.viewer_id == asked.viewer_id)
    if asked.person_id is not None:
        query = query.where(CardView.person_id == asked.person_id)
    if before is not None:
        query = query.where(CardView.id < before)
    return session.scalars(query.order_by(CardView.id.desc()).limit(limit)).all()
