"""Years and periods as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import NotFoundError, wrong
from services.journal.calendar.models import Period, SchoolYear

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def years(session: Session) -> Sequence[SchoolYear]:
    """All school years, the latest first."""
    return session.scalars(sa.select(SchoolYear).order_by(SchoolYear.starts_on.desc())).all()


def known_year(session: Session, year_id: uuid.UUID) -> SchoolYear:
    """The year an input names. Raises UnprocessableError."""
    year = session.scalars(sa.select(SchoolYear).where(SchoolYear.id == year_id)).one_or_none()
    if year is None:
        raise wrong("/year_id", "There is no such school year.", "unknown")
    return year


_PERIODS = sa.select(Period).order_by(Period.starts_on, Period.grade_from)
_PERIODS_OF = _PERIODS.where(
    Period.year_id == sa.bindparam("year"),
    Period.grade_from <= sa.bindparam("grade"),
    Period.grade_to >= sa.bindparam("grade"),
)


def periods_of(session: Session, year_id: uuid.UUID, grade: int) -> Sequence[Period]:
    """Periods of a class of that year and grade level, in order of their days."""
    return session.scalars(_PERIODS_OF, {"year": year_id, "grade": grade}).all()


def periods(session: Session, year_id: uuid.UUID | None = None, grade: int | None = None) -> Sequence[Period]:
    """Periods in order of their days, of one year and grade level if these are given."""
    query = _PERIODS
    if year_id is not None:
        query = query.where(Period.year_id == year_id)
    if grade is not None:
        query = query.where(Period.grade_from <= grade, Period.grade_to >= grade)
    return session.scalars(query).all()


def period_by_id(session: Session, period_id: uuid.UUID) -> Period:
    """The period. Raises NotFoundError."""
    period = session.scalars(sa.select(Period).where(Period.id == period_id)).one_or_none()
    if period is None:
        raise NotFoundError
    return period


def period_title(period: Period) -> str:
    """«II четверть», «I полугодие»."""
    return f"{ROMAN[period.ordinal]} {'четверть' if period.kind == 'quarter' else 'полугодие'}"
