"""The school's zone and its day."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import today_in
from services.common.db import scope_of
from services.common.problems import UnavailableError
from services.journal.schools.models import School


def school_of(session: Session) -> School:
    """The school that the transaction runs for. Raises UnavailableError while journal has not heard of it."""
    school = session.get(School, scope_of(session).school_id)
    if school is None:
        raise UnavailableError("The school is being set up.", retry_after=2)
    return school


def school_today(session: Session) -> dt.date:
    """Today where the school stands."""
    zone = session.execute(
        sa.select(School.zone).where(School.id == scope_of(session).school_id)
    ).scalar_one_or_none()
    if zone is None:
        raise UnavailableError("The school is being set up.", retry_after=2)
    return today_in(zone)
