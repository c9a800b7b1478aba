"""A look at a card, written in the transaction that shows it: what could not be logged is not shown."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from services.common.db import new_id, scope_of
from services.journal.card_views.models import CardView


def log_view(session: Session, viewer_id: uuid.UUID, person_id: uuid.UUID, now: dt.datetime) -> None:
    """That the viewer is shown this person's card. One's own card is nobody's business."""
    if viewer_id == person_id:
        return
    scope = scope_of(session)
    assert scope.school_id is not None
    session.add(
        CardView(
            school_id=scope.school_id,
            id=new_id(),
            at=now,
            viewer_id=viewer_id,
            person_id=person_id,
            request_id=scope.request_id,
        )
    )
    session.flush()
