"""What accounts does with the events of journal."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from services.accounts.consents.commands import Declaration, declare
from services.accounts.consents.rules import Purpose
from services.accounts.introspection.commands import end_person
from services.accounts.register.commands import forget_people, learn_enrollment, learn_guardianship, learn_person
from services.accounts.register.models import Enrollment, Guardianship, Person
from services.accounts.register.queries import today_of
from services.common.clock import now
from services.common.db import scope_of
from services.common.events import Copied, Event, Handler, StateHandler, kept_in

SOURCES = ("journal",)


class _Learn(Protocol):
    def __call__(
        self, session: Session, school_id: uuid.UUID, told: Mapping[str, Any], whole: bool = False
    ) -> None: ...


def _registered(session: Session, event: Event) -> None:
    _person(session, event.school_id, event.data, since=event.occurred_at)


def _person(
    session: Session,
    school_id: uuid.UUID,
    told: Mapping[str, Any],
    whole: bool = False,
    since: dt.datetime | None = None,
) -> None:
    """A person as journal tells of him; who left is let in no more, should journal's own call have failed."""
    learn_person(session, school_id, told, whole, since)
    left_on = told.get("left_on")
    if left_on and dt.date.fromisoformat(str(left_on)) <= today_of(session, school_id, now()):
        end_person(session, school_id, uuid.UUID(str(told["person_id"])), now())


def _declared(session: Session, event: Event) -> None:
    said = event.data
    declare(
        session,
        event.school_id,
        Declaration(
            uuid.UUID(said["student_id"]),
            uuid.UUID(said["guardian_id"]),
            Purpose(said["purpose"]),
            said["decision"] == "given",
            dt.date.fromisoformat(said["signed_on"]),
            uuid.UUID(said["import_id"]),
        ),
        now(),
    )


def _one(learn: _Learn) -> Handler:
    def handle(session: Session, event: Event) -> None:
        learn(session, event.school_id, event.data)

    return handle


def _all(learn: _Learn) -> StateHandler:
    def handle(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        school_id = scope_of(session).school_id
        assert school_id is not None
        for row in rows:
            learn(session, school_id, row, whole=True)

    return handle


HANDLERS: Mapping[str, Handler] = {
    "journal.person.registered.v1": _registered,
    "journal.person.changed.v1": _one(_person),
    "journal.guardianship.set.v1": _one(learn_guardianship),
    "journal.guardianship.ended.v1": _one(learn_guardianship),
    "journal.enrollment.set.v1": _one(learn_enrollment),
    "journal.consent.declared.v1": _declared,
}

_people = kept_in(
    Person,
    _all(_person),
    {
        "id": "id",
        "kinds": "kinds",
        "last_name": "last_name",
        "first_name": "first_name",
        "middle_name": "middle_name",
        "birth_date": "birth_date",
        "left_on": "left_on",
        "version": "version",
    },
    only=Person.version > 0,
)
# No right is read off a copy: what journal does not have any more may go. Accounts, roles and consents stay, for they
# are facts of this service, and a register that was restored wrongly must not end them.
STATES: Mapping[str, Mapping[str, Copied]] = {
    "journal": {
        "person": replace(_people, forget=forget_people),
        "guardianship": kept_in(
            Guardianship,
            _all(learn_guardianship),
            {
                "id": "id",
                "student_id": "student_id",
                "guardian_id": "guardian_id",
                "relation": "relation",
                "from": "from_on",
                "to": "to_on",
                "restricted": "restricted",
                "version": "version",
            },
        ),
        "enrollment": kept_in(
            Enrollment,
            _all(learn_enrollment),
            {
                "id": "id",
                "student_id": "student_id",
                "class_id": "class_id",
                "class_name": "class_name",
                "from": "from_on",
                "to": "to_on",
                "version": "version",
            },
        ),
    }
}
