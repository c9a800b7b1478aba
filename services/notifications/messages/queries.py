"""What was sent, to whom, why, when and how it ended."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.paging import Page, page_of
from services.notifications.messages.models import Delivery, Message
from services.notifications.messages.rules import State


def deliveries(session: Session, state: State | None, after: uuid.UUID | None, limit: int) -> Page[Any]:
    """Deliveries of the school, newest first; never what stood in the letter."""
    query = (
        sa.select(
            Delivery.id,
            Delivery.state,
            Delivery.reason,
            Delivery.address,
            Delivery.guardian_ids,
            Delivery.attempt,
            Delivery.created_at,
            Delivery.not_before,
            Delivery.finished_at,
            Message.kind,
            Message.student_id,
            Message.taught_on,
        )
        .join(Message, Message.id == Delivery.message_id)
        .order_by(Delivery.id.desc())
        .limit(limit + 1)
    )
    query = query.where(Delivery.state == state) if state else query
    query = query.where(Delivery.id < after) if after else query
    return page_of(session.execute(query).all(), limit, lambda row: row.id)
