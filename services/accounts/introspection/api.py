"""Internal routes: who a token is, and who is nobody any more."""

from __future__ import annotations

from typing import Any

import flask

from services.accounts.edge import accounts, internal_transaction
from services.accounts.introspection.commands import end_person
from services.accounts.introspection.queries import Introspected, introspect
from services.accounts.introspection.schemas import Ended, EndPerson, IntrospectionOut, Question, StateQuestion
from services.accounts.register.queries import today_of
from services.accounts.roles.queries import is_last_administrator
from services.accounts.state import KINDS
from services.common.app import internal
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.db import Scope
from services.common.events import state_digest, state_page
from services.common.events.schemas import DigestQuestion, StateDigest, StatePage
from services.common.problems import NotFoundError

blp = Blueprint("introspection", __name__, url_prefix="/internal/accounts/v1")


@blp.route("/introspect", methods=["POST"])
@blp.arguments(Question)
@blp.response(200, IntrospectionOut)
@internal("journal", "reports", "notifications")
def ask(question: dict[str, Any]) -> flask.Response:
    with accounts().quick.transaction(Scope()) as session:
        found = introspect(session, question["token"], question["poll"], now())
    return flask.jsonify(_answer(found) if found else {"active": False})


@blp.route("/persons/end", methods=["POST"])
@blp.arguments(EndPerson)
@blp.response(200, Ended)
@internal("journal")
def end(left: dict[str, Any]) -> dict[str, Any]:
    with internal_transaction(left["school_id"]) as session:
        if is_last_administrator(session, left["person_id"], today_of(session, left["school_id"], now())):
            return {"ended": False}
        end_person(session, left["school_id"], left["person_id"], now())
    return {"ended": True}


@blp.route("/state/<kind>", methods=["GET"])
@blp.arguments(StateQuestion, location="query")
@blp.response(200, StatePage)
@internal("journal", "reports", "notifications")
def state(question: dict[str, Any], kind: str) -> dict[str, Any]:
    """Pages of the present state, for a consumer that begins anew."""
    if kind not in KINDS:
        raise NotFoundError
    return state_page(accounts().database, "accounts", KINDS[kind], question["cursor"], school_id=question["school"])


@blp.route("/digest/<kind>", methods=["GET"])
@blp.arguments(DigestQuestion, location="query")
@blp.response(200, StateDigest)
@internal("journal", "reports", "notifications")
def digest(question: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a school's present state comes to, for a consumer that compares its copy."""
    if kind not in KINDS:
        raise NotFoundError
    return state_digest(accounts().database, "accounts", KINDS[kind], question["school"], question["fields_"])


def _answer(found: Introspected) -> dict[str, Any]:
    identity = found.identity
    return {
        "active": True,
        "account": identity.account_id,
        "person": identity.person_id,
        "school": identity.school_id,
        "session_kind": identity.session_kind,
        "kinds": sorted(identity.kinds),
        "roles": [
            {
                "kind": role.kind,
                "classes": None if role.classes is None else sorted(role.classes),
                "directions": None if role.directions is None else sorted(role.directions),
            }
            for role in identity.roles
        ],
        "diary_students": sorted(identity.consented),
        "withheld_roles": sorted(identity.withheld),
        "until": found.until,
    }
