"""What accounts does with the events of journal."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.consents.commands import Declaration, declare
from services.accounts.consents.rules import Purpose
from services.accounts.introspection.commands import end_person
from services.accounts.register.commands import learn_enrollment, learn_guardianship, learn_person
from services.accounts.register.queries import today_of
from services.common.clock import now
from services.common.db import scope_of
from services.common.events import Event, Handler, StateHandler

SOURCES = ("journal",)

Learn = Callable[[Session, uuid.UUID, Mapping[str, Any]], None]


def _person(session: Session, school_id: uuid.UUID, told: Mapping[str, Any]) -> None:
    """A person as journal tells of him; who left is let in no more, should journal's own call have failed."""
    learn_person(session, school_id, told)
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


def _one(learn: Learn) -> Handler:
    def handle(session: Session, event: Event) -> None:
        learn(session, event.school_id, event.data)

    return handle


def _all(learn: Learn) -> StateHandler:
    def handle(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        school_id = scope_of(session).school_id
        assert school_id is not None
        for row in rows:
            learn(session, school_id, row)

    return handle


HANDLERS: Mapping[str, Handler] = {
    "journal.person.registered.v1": _one(_person),
    "journal.person.changed.v1": _one(_person),
    "journal.guardianship.set.v1": _one(learn_guardianship),
    "journal.guardianship.ended.v1": _one(learn_guardianship),
    "journal.enrollment.set.v1": _one(learn_enrollment),
    "journal.consent.declared.v1": _declared,
}
STATES: Mapping[str, Mapping[str, StateHandler]] = {
    "journal": {
        "person": _all(_person),
        "guardianship": _all(learn_guardianship),
        "enrollment": _all(learn_enrollment),
    }
}
