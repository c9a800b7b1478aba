"""School years and periods."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from services.common.db import school_key, school_reference
from services.journal.base import Base


class SchoolYear(Base):
    __tablename__ = "school_year"
    __table_args__ = (
        school_key(),
        CheckConstraint("ends_on > starts_on", name="days"),
        ExcludeConstraint(
            (text("uuidrange(school_id, school_id, '[]')"), "&&"),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="school_year_once_excl",
        ),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    """The last day of lessons."""


class Period(Base):
    """A quarter or half-year of the classes `grade_from` to `grade_to`; both days belong to it."""

    __tablename__ = "period"
    __table_args__ = (
        school_key(),
        school_reference("school_year", "year_id"),
        CheckConstraint("kind IN ('quarter', 'half_year')", name="kind"),
        CheckConstraint("ends_on > starts_on", name="days"),
        CheckConstraint("1 <= grade_from AND grade_from <= grade_to AND grade_to <= 11", name="grades"),
        ExcludeConstraint(
            (text("uuidrange(year_id, year_id, '[]')"), "&&"),
            (text("int4range(grade_from, grade_to, '[]')"), "&&"),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="period_once_excl",
        ),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    year_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    ordinal: Mapped[int]
    grade_from: Mapped[int]
    grade_to: Mapped[int]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    closed_at: Mapped[dt.datetime | None]
