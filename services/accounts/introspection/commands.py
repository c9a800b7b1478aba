"""Shutting the door behind who left."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from services.accounts.identities.commands import leave_school
from services.accounts.identities.queries import membership_of_person
from services.accounts.roles.commands import end_roles_of
from services.accounts.register.queries import today_of
from services.accounts.sessions.commands import end_sessions


def end_person(session: Session, school_id: uuid.UUID, person_id: uuid.UUID, now: dt.datetime) -> None:
    """Ends roles, sessions and membership of a person who left the school; once more changes nothing."""
    end_roles_of(session, person_id, today_of(session, school_id, now))
    membership = membership_of_person(session, person_id)
    if membership is not None:
        end_sessions(session, membership.account_id, now, school_id)
        leave_school(session, person_id, now)
