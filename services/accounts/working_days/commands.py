"""Writing a day down."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from services.accounts.working_days.models import OwnDay
from services.common.db import new_id


def set_day(
    session: Session, school_id: uuid.UUID, day: dt.date, working: bool, by: uuid.UUID, now: dt.datetime
) -> None:
    """From now on this day is worked, or is not. Terms that run already keep their last day."""
    session.add(OwnDay(school_id=school_id, id=new_id(), day=day, working=working, set_by=by, set_at=now))
    session.flush()
