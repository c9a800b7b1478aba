"""Years and periods are made here."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from services.common.db import new_id, scope_of
from services.journal.calendar.models import Period, SchoolYear
from services.journal.calendar.rules import day_in, pattern_for, year_that_holds


def make_year(session: Session, today: dt.date) -> uuid.UUID:
    """The school year that holds `today`, with the periods of its pattern."""
    school_id = scope_of(session).school_id
    assert school_id is not None
    first_year = year_that_holds(today)
    pattern = pattern_for(first_year)
    year = SchoolYear(
        school_id=school_id,
        id=new_id(),
        starts_on=day_in(first_year, pattern.first),
        ends_on=day_in(first_year, pattern.last),
    )
    session.add(year)
    session.flush()
    session.add_all(
        Period(
            school_id=school_id,
            id=new_id(),
            year_id=year.id,
            kind=period.kind,
            ordinal=period.ordinal,
            grade_from=period.grade_from,
            grade_to=period.grade_to,
            starts_on=day_in(first_year, period.first),
            ends_on=day_in(first_year, period.last),
        )
        for period in pattern.periods
    )
    return year.id
