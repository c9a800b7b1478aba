"""Staff leave and come back; accounts is told before the answer, so that nobody is let in meanwhile."""

from __future__ import annotations

import uuid
from typing import Any

from services.common.app import requires, this_service, transaction, viewer
from services.common.arguments import Blueprint, Schema
from services.common.identity import ServiceSilentError
from services.common.problems import ConflictError, UnavailableError, wrong
from services.journal.fields import Day
from services.journal.leaving import commands
from services.journal.people import queries, schemas
from services.journal.people.api import person_answer
from services.journal.policy import Permission
from services.journal.relations.access import access_person, require
from services.journal.schools.queries import school_today

blp = Blueprint("leaving", __name__, url_prefix="/api/journal/v1", description="Staff who leave.")


class LeaveIn(Schema):
    on = Day(load_default=None)


class NothingIn(Schema):
    pass


@blp.route("/people/<uuid:person_id>/leave", methods=["POST"])
@blp.arguments(LeaveIn, required=False)
@blp.response(200, schemas.Person)
@requires(Permission.STAFF_WRITE)
def leave(given: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """Ends an employment on a day, today's unless told: roles, sessions, classes and courses end with it."""
    with transaction() as session:
        today = school_today(session)
        person = access_person(session, viewer(), person_id, Permission.PEOPLE_READ, today).person
        require(viewer(), Permission.STAFF_WRITE)
        on = given["on"] or today
        if on > today:
            raise wrong("/on", "This is said on the day itself.", "in-future")
        person = commands.leave(session, person, on)
        _shut_out(person_id)
        return person_answer(queries.cards(session, [person])[0])


@blp.route("/people/<uuid:person_id>/return", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(200, schemas.Person)
@requires(Permission.STAFF_WRITE)
def come_back(_: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """Somebody who had left works here again; the way in is a new slip."""
    with transaction() as session:
        person = access_person(session, viewer(), person_id, Permission.PEOPLE_READ, school_today(session)).person
        require(viewer(), Permission.STAFF_WRITE)
        person = commands.come_back(session, person)
        return person_answer(queries.cards(session, [person])[0])


def _shut_out(person_id: uuid.UUID) -> None:
    """Before the dismissal is stored: an answer that it is means that the door is shut. Should the store fail after
    that, whoever stays gets a new slip. Raises ConflictError, UnavailableError."""
    asked = {"school_id": str(viewer().school_id), "person_id": str(person_id)}
    try:
        answer = this_service().client.post("accounts", "/internal/accounts/v1/persons/end", asked)
    except ServiceSilentError as error:
        raise UnavailableError("Access cannot be ended just now.", retry_after=5) from error
    if not answer["ended"]:
        raise ConflictError("The last administrator stays.", code="last-administrator")
