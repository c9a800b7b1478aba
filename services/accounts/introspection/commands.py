"""Shutting the door behind who left."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from services.accounts.identities.commands import leave_school
from services.accounts.identities.queries import membership_of_person
from services.accounts.register.queries import guardianships_of, today_of
from services.accounts.roles.commands import end_roles_of
from services.accounts.sessions.commands import end_sessions


def end_person(session: Session, school_id: uuid.UUID, person_id: uuid.UUID, now: dt.datetime) -> None:
    """Ends roles, sessions and membership of a person who left the school; once more changes nothing."""
    today = today_of(session, school_id, now)
    end_roles_of(session, person_id, today)
    membership = membership_of_person(session, person_id)
    if membership is not None:
        end_sessions(session, membership.account_id, now, school_id)
        if not guardianships_of(session, person_id, today):
            # A teacher who leaves may stay a pupil's mother.
            leave_school(session, person_id, now)
