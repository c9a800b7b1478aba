"""Codes for a list of people, shown once; and the door they open."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.credentials.activation import Activation, activate
from services.accounts.credentials.commands import issue_codes
from services.accounts.credentials.schemas import ActivateIn, CodesOut, IssueIn
from services.accounts.edge import accounts
from services.accounts.people import fetch_unknown
from services.accounts.policy import POLICY, Permission, PersonFacts
from services.accounts.register.models import Person
from services.accounts.register.queries import people_by_id, today_of
from services.accounts.roles.queries import people_with_roles
from services.accounts.sessions.answers import device_of, signed_in_answer
from services.accounts.sessions.door import require_confirmed, visit
from services.accounts.sessions.schemas import SignedInOut
from services.common.app import requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.policy import PUBLIC, allows
from services.common.problems import ForbiddenError, NotFoundError

blp = Blueprint("credentials", __name__, url_prefix="/api/accounts/v1")


@blp.route("/credentials", methods=["POST"])
@blp.arguments(IssueIn)
@blp.response(201, CodesOut)
@requires(Permission.CREDENTIALS_ISSUE)
def issue(given: dict[str, Any]) -> dict[str, Any]:
    refuse_without_office()
    require_confirmed()
    wanted = list(dict.fromkeys(given["person_ids"]))
    fetch_unknown(accounts(), viewer().school_id, wanted)
    with transaction() as session:
        people = access_people(session, wanted)
        codes = issue_codes(session, viewer().school_id, wanted, now())
    return {"items": [vars(code) | {"name": people[code.person_id].name} for code in codes]}


@blp.route("/credentials/activate", methods=["POST"])
@blp.arguments(ActivateIn)
@blp.response(201, SignedInOut)
@blp.alt_response(401)
@requires(PUBLIC)
def use(given: dict[str, Any]) -> dict[str, Any]:
    knocking = visit(device_of(given.pop("device")))
    return signed_in_answer(activate(knocking, Activation(**given)), knocking.now)


def refuse_without_office(*, family: bool = True) -> None:
    """Raises ForbiddenError before anybody is looked up on behalf of somebody who may not."""
    if not allows(POLICY, Permission.CREDENTIALS_ISSUE, viewer(), PersonFacts(family)):
        raise ForbiddenError


def access_people(session: Session, wanted: Sequence[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """The people a code may be made for by the viewer. Raises NotFoundError, ForbiddenError."""
    people = people_by_id(session, wanted)
    if len(people) < len(set(wanted)):
        raise NotFoundError("Some of these people are not in the register.")
    if may_be_let_in(session, wanted) != set(wanted):
        raise ForbiddenError("Codes for staff are made by an administrator.")
    return people


def may_be_let_in(session: Session, wanted: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these people for whom the viewer may make a code."""
    holders = people_with_roles(session, wanted, today_of(session, viewer().school_id, now()))
    found = set()
    for person in people_by_id(session, wanted).values():
        family = set(person.kinds) <= {"student", "guardian"} and bool(person.kinds)
        facts = PersonFacts(family=family and person.id not in holders)
        if allows(POLICY, Permission.CREDENTIALS_ISSUE, viewer(), facts):
            found.add(person.id)
    return found
