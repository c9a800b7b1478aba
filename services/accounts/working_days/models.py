"""Days on which a school differs from the calendar."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key


class OwnDay(Base):
    """Whether this day is worked, whatever the calendar says. Rows are added; the last one about a day counts."""

    __tablename__ = "own_day"
    __table_args__ = (school_key(),)

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    day: Mapped[dt.date]
    working: Mapped[bool]
    set_by: Mapped[uuid.UUID]
    set_at: Mapped[dt.datetime]
