"""A school opens in journal: what it starts with until somebody edits it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.clock import now
from services.common.schedule import plan_daily
from services.journal.calendar import commands as calendar
from services.journal.people import commands as people
from services.journal.scales import commands as scales
from services.journal.schools.models import School

TIDY_AT = dt.time(3, 10)


@dataclass(frozen=True)
class Founder:
    """The administrator whom accounts made together with the school."""

    person_id: uuid.UUID
    last_name: str
    first_name: str
    middle_name: str


def open_school(
    session: Session, school_id: uuid.UUID, name: str, zone: str, founder: Founder, today: dt.date
) -> None:
    """Makes the school's rows here; told twice, it does nothing the second time."""
    made = session.execute(
        insert(School).values(id=school_id, name=name, zone=zone).on_conflict_do_nothing().returning(School.id)
    ).scalar_one_or_none()
    if made is None:
        return
    people.register_person(
        session,
        people.NewPerson(
            kinds=frozenset({"staff"}),
            last_name=founder.last_name,
            first_name=founder.first_name,
            middle_name=founder.middle_name,
            position="администратор",
        ),
        person_id=founder.person_id,
    )
    calendar.make_year(session, today)
    scales.make_defaults(session)
    plan_daily(session, school_id, "tidy", TIDY_AT, zone, now())


def settle_school(session: Session, school_id: uuid.UUID, name: str, zone: str) -> None:
    """The school's name and zone as accounts has them."""
    session.execute(sa.update(School).where(School.id == school_id).values(name=name, zone=zone))
