"""Scales with their symbols, and work types with their weights."""

from __future__ import annotations

import decimal
import uuid

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class Scale(Base):
    __tablename__ = "scale"
    __table_args__ = (school_key(), UniqueConstraint("school_id", "code"))

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    code: Mapped[str]
    title: Mapped[str]


class ScaleValue(Base):
    """A symbol that may be given on a scale; without a number it enters no average."""

    __tablename__ = "scale_value"
    __table_args__ = (school_key("scale_id", "symbol"), school_reference("scale", "scale_id"))

    school_id: Mapped[uuid.UUID]
    scale_id: Mapped[uuid.UUID]
    symbol: Mapped[str]
    number: Mapped[decimal.Decimal | None]
    ordinal: Mapped[int]


class WorkType(Base):
    __tablename__ = "work_type"
    __table_args__ = (
        school_key(),
        UniqueConstraint("school_id", "code"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    code: Mapped[str]
    title: Mapped[str]
    short_title: Mapped[str]
    """As it stands in the head of a column; empty for an answer in class."""
    weight: Mapped[decimal.Decimal]
    ordinal: Mapped[int] = mapped_column()
