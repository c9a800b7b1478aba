"""The school: the list that sweeps walk, its zone and its settings."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.base import Base


class School(Base):
    __tablename__ = "school"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str]
