"""The table of addresses that are mailed no more."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from services.common.db import school_key, school_reference
from services.notifications.base import Base


class HeldAddress(Base):
    __tablename__ = "held_address"
    __table_args__ = (
        school_key(),
        school_reference("delivery", "delivery_id"),
        Index(None, "school_id", "address", unique=True, postgresql_where=text("lifted_at IS NULL")),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    address: Mapped[str]
    delivery_id: Mapped[uuid.UUID]
    """The letter whose link was opened."""
    held_at: Mapped[dt.datetime]
    lifted_at: Mapped[dt.datetime | None]
