"""What notifications does with the events of other services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.common.clock import now
from services.common.db import scope_of
from services.common.events import Copied, Event, Handler, kept_in, school_row
from services.notifications.messages.commands import Fact, tell_of_attendance, tell_of_mark
from services.notifications.people.commands import copy_guardianship, copy_person
from services.notifications.people.models import Guardianship, Person
from services.notifications.schools.commands import copy_school
from services.notifications.schools.models import School

SOURCES = ("accounts", "journal")


def school_created(session: Session, event: Event) -> None:
    copy_school(session, event.data)


def person_changed(session: Session, event: Event) -> None:
    copy_person(session, event.school_id, event.data)


def guardianship_changed(session: Session, event: Event) -> None:
    copy_guardianship(session, event.school_id, event.data)


def mark_changed(session: Session, event: Event) -> None:
    tell_of_mark(session, _fact(event), now())


def attendance_changed(session: Session, event: Event) -> None:
    tell_of_attendance(session, _fact(event), now())


def _fact(event: Event) -> Fact:
    return Fact(event.school_id, event.epoch, event.origin, event.occurred_at, event.request_id, event.data)


def schools_are(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        copy_school(session, row)


def people_are(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        copy_person(session, _school(session), row, whole=True)


def guardianships_are(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        copy_guardianship(session, _school(session), row, whole=True)


def _school(session: Session) -> uuid.UUID:
    school_id = scope_of(session).school_id
    assert school_id is not None
    return school_id


HANDLERS: Mapping[str, Handler] = {
    "accounts.school.created.v1": school_created,
    "journal.person.registered.v1": person_changed,
    "journal.person.changed.v1": person_changed,
    "journal.guardianship.set.v1": guardianship_changed,
    "journal.guardianship.ended.v1": guardianship_changed,
    "journal.mark.set.v1": mark_changed,
    "journal.mark.annulled.v1": mark_changed,
    "journal.attendance.set.v1": attendance_changed,
    "journal.attendance.annulled.v1": attendance_changed,
}
STATES: Mapping[str, Mapping[str, Copied]] = {
    "accounts": {"school": school_row(School, schools_are)},
    "journal": {
        "person": kept_in(
            Person,
            people_are,
            {
                "id": "id",
                "first_name": "first_name",
                "middle_name": "middle_name",
                "email": "email",
                "version": "version",
            },
        ),
        "guardianship": kept_in(
            Guardianship,
            guardianships_are,
            {
                "id": "id",
                "student_id": "student_id",
                "guardian_id": "guardian_id",
                "from": "from_day",
                "to": "to_day",
                "restricted": "restricted",
                "version": "version",
            },
        ),
    },
}
