"""The copy of schools."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from services.reports.base import Base


class School(Base):
    __tablename__ = "school"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str]
