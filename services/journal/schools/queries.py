"""The school's zone and its day."""

from __future__ import annotations

import datetime as dt
import time
import uuid

from sqlalchemy.orm import Session

from services.common.clock import today_in
from services.common.db import scope_of
from services.common.problems import UnavailableError
from services.journal.schools.models import School

ZONE_SECONDS = 60.0
_zones: dict[uuid.UUID, tuple[str, float]] = {}
"""Of schools that this process has met: every request asks for their day, and a school does not move."""


def school_of(session: Session) -> School:
    """The school that the transaction runs for. Raises UnavailableError while journal has not heard of it."""
    school = session.get(School, scope_of(session).school_id)
    if school is None:
        raise UnavailableError("The school is being set up.", retry_after=2)
    return school


def school_today(session: Session) -> dt.date:
    """Today where the school stands; a zone that was changed counts after a minute at the latest."""
    school_id = scope_of(session).school_id
    assert school_id is not None
    zone, asked_at = _zones.get(school_id, ("", 0.0))
    if not zone or time.monotonic() - asked_at > ZONE_SECONDS:
        zone = school_of(session).zone
        _zones[school_id] = zone, time.monotonic()
    return today_in(zone)
