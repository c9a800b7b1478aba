"""Looks at personal cards."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from services.common.db import school_key
from services.journal.base import Base


class CardView(Base):
    """Bound to people by id alone: the log outlives their cards. The application may not change or remove a row."""

    __tablename__ = "card_view"
    __table_args__ = (school_key(), Index(None, "school_id", "at"), Index(None, "school_id", "person_id"))

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    at: Mapped[dt.datetime]
    viewer_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    request_id: Mapped[str]
