"""What the other services ask of journal, and what a person may do here at all."""

from __future__ import annotations

import uuid
from typing import Any

import flask
import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.app import (
    current_request_id,
    internal,
    read,
    requires,
    this_service,
    viewer,
)
from services.common.arguments import Blueprint, Schema
from services.common.db import Scope
from services.common.events import state_digest, state_page
from services.common.events.schemas import DigestQuestion, StateDigest, StatePage
from services.common.identity import Identity
from services.common.permissions import PermissionsOut, permissions_answer
from services.common.policy import Predicate, extents
from services.common.problems import NotFoundError
from services.journal import policy
from services.journal.people.queries import pairs_guarded, students_guarded
from services.journal.policy import POLICY, Permission
from services.journal.relations.queries import classes_led, courses_taught, relations_of
from services.journal.schools.queries import school_today
from services.journal.state import KINDS

MOST_PAIRS = 1000

public = Blueprint("permissions", __name__, url_prefix="/api/journal/v1", description="Navigation.")
blp = Blueprint("relations", __name__, url_prefix="/internal/journal/v1", description="For the other services.")


class RelationsQuestion(Schema):
    school_id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True)


class RelationsAnswer(Schema):
    teaches = ma.fields.List(ma.fields.UUID())
    leads = ma.fields.List(ma.fields.UUID())
    substitutes = ma.fields.List(ma.fields.UUID())
    guards = ma.fields.List(ma.fields.UUID())
    on = ma.fields.Date()


class GuardsQuestion(Schema):
    school_id = ma.fields.UUID(required=True)
    pairs = ma.fields.List(
        ma.fields.Tuple((ma.fields.UUID(), ma.fields.UUID())),
        required=True,
        validate=ma.validate.Length(max=MOST_PAIRS),
    )


class GuardsAnswer(Schema):
    pairs = ma.fields.List(ma.fields.Tuple((ma.fields.UUID(), ma.fields.UUID())))
    on = ma.fields.Date()


class StateQuestion(Schema):
    cursor = ma.fields.String(load_default=None)
    id = ma.fields.UUID(load_default=None)
    person = ma.fields.UUID(load_default=None)
    school = ma.fields.UUID(load_default=None)


@blp.route("/relations", methods=["POST"])
@blp.arguments(RelationsQuestion)
@blp.response(200, RelationsAnswer)
@internal("accounts", "reports")
def relations(question: dict[str, uuid.UUID]) -> dict[str, Any]:
    """How a person stands to courses, classes and pupils today."""
    with this_service().database.read(_scope(question["school_id"])) as session:
        found = relations_of(session, question["person_id"], school_today(session))
    return {
        "teaches": sorted(found.teaches),
        "leads": sorted(found.leads),
        "substitutes": [],
        "guards": sorted(found.guards),
        "on": found.on,
    }


@blp.route("/guards", methods=["POST"])
@blp.arguments(GuardsQuestion)
@blp.response(200, GuardsAnswer)
@internal("notifications")
def guards(question: dict[str, Any]) -> dict[str, Any]:
    """Those of the (pupil, guardian) pairs in which the guardian answers for the pupil today, unrestricted."""
    with this_service().database.read(_scope(question["school_id"])) as session:
        today = school_today(session)
        found = pairs_guarded(session, question["pairs"], today)
    return {"pairs": sorted(found), "on": today}


def _scope(school_id: uuid.UUID) -> Scope:
    return Scope(school_id=school_id, actor="service:journal", request_id=current_request_id())


@blp.route("/state/<kind>", methods=["GET"])
@blp.arguments(StateQuestion, location="query")
@blp.response(200, StatePage)
@internal("accounts", "notifications")
def state(question: dict[str, Any], kind: str) -> dict[str, Any]:
    """Pages of the present state, for a consumer that begins anew or wants one person."""
    if kind not in KINDS:
        raise NotFoundError
    reader = KINDS[kind](question["id"], question["person"])
    return state_page(this_service().database, "journal", reader, question["cursor"], school_id=question["school"])


@blp.route("/digest/<kind>", methods=["GET"])
@blp.arguments(DigestQuestion, location="query")
@blp.response(200, StateDigest)
@internal("accounts", "notifications")
def digest(question: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a school's present state comes to, for a consumer that compares its copy."""
    if kind not in KINDS:
        raise NotFoundError
    reader = KINDS[kind](None, None)
    return state_digest(this_service().database, "journal", reader, question["school"], question["fields_"])


@public.route("/permissions", methods=["GET"])
@public.response(200, PermissionsOut)
@requires(Permission.SETUP_READ)
def permissions() -> flask.Response:
    """What this person may do here: `all`, `some`, or absent. It only draws navigation."""
    with read() as session:
        related = _related(session, viewer())
        return permissions_answer(extents(POLICY, viewer(), related))


def _related(session: Session, identity: Identity) -> Any:
    """Whether a predicate has any object for this person today."""
    today = school_today(session)
    answers: dict[Predicate, bool] = {
        policy.teaches: bool(session.scalar(sa.select(sa.exists(courses_taught(identity.person_id, today))))),
        policy.leads: bool(session.scalar(sa.select(sa.exists(classes_led(identity.person_id, today))))),
        policy.guards: bool(students_guarded(session, identity.person_id, today)),
        policy.is_self: "student" in identity.kinds,
        policy.consented: bool(identity.consented),
        policy.of_staff: True,
        policy.of_illness: True,
        policy.of_no_illness: True,
        policy.anybody: True,
    }

    def related(predicate: Predicate) -> bool:
        return answers[predicate]

    return related
