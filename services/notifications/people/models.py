"""Copies of journal's people: no surname and no class, for a letter names neither."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from services.common.db import school_key
from services.notifications.base import Base


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (school_key(),)

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    first_name: Mapped[str]
    middle_name: Mapped[str]
    email: Mapped[str | None]
    version: Mapped[int]


class Guardianship(Base):
    """`from_day` to `to_day`, half-open."""

    __tablename__ = "guardianship"
    __table_args__ = (school_key(), Index(None, "school_id", "student_id"))

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    guardian_id: Mapped[uuid.UUID]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date | None]
    restricted: Mapped[bool]
    version: Mapped[int]
