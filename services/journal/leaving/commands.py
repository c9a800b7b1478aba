"""The end of an employment: what it ends, and what stays."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import ConflictError
from services.journal.classes.models import ClassTeacher
from services.journal.courses.models import CourseTeacher
from services.journal.events import PersonChanged
from services.journal.people.commands import tell_of_person
from services.journal.people.models import Person
from services.journal.people.queries import kinds_of


def leave(session: Session, person: Person, on: dt.date) -> Person:
    """From `on` the person works here no more: neither teaches nor leads; lessons, marks and names stay as they are.
    The same day again changes nothing.

    Raises ConflictError for somebody who is no member of staff, and while a term of theirs is still to begin.
    """
    person = _locked_worker(session, person)
    if person.left_on == on:
        return person
    for table in (ClassTeacher, CourseTeacher):
        lasting = sa.and_(table.person_id == person.id, sa.or_(table.to_day.is_(None), table.to_day > on))
        if session.scalar(sa.select(sa.exists().where(lasting, table.from_day >= on))):
            raise ConflictError(
                "A class or a course begins on that day or later: end that first.", code="begins-later"
            )
        session.execute(sa.update(table).where(lasting).values(to_day=on))
    return _told(session, person, on)


def come_back(session: Session, person: Person) -> Person:
    """The person works here again; classes and courses are given anew. Raises ConflictError."""
    person = _locked_worker(session, person)
    return person if person.left_on is None else _told(session, person, None)


def _locked_worker(session: Session, person: Person) -> Person:
    if "staff" not in kinds_of(session, person.id):
        raise ConflictError("Pupils leave by an order, their families with them.", code="no-staff")
    session.refresh(person, with_for_update=True)
    return person


def _told(session: Session, person: Person, left_on: dt.date | None) -> Person:
    person.left_on = left_on
    person.version += 1
    tell_of_person(session, person, PersonChanged)
    return person
