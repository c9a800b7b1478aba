"""The register of consents: read, given, refused, withdrawn, disputed; and what other services ask."""

from __future__ import annotations

import collections
import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.consents import schemas
from services.accounts.consents.access import (
    access_consent,
    access_dispute,
    access_register,
    access_signing,
    access_student_for_dispute,
)
from services.accounts.consents.commands import (
    Declaration,
    NewDecision,
    declare,
    dispute,
    record_decision,
    settle,
    withdraw,
)
from services.accounts.consents.queries import access_answers
from services.accounts.consents.register import class_register, consent_line, own_register
from services.accounts.consents.rules import Declared, Purpose
from services.accounts.consents.signing import form_of_paper, form_signed_here, last_day
from services.accounts.edge import accounts, internal_transaction, relations_of_viewer
from services.accounts.people import fetch_unknown, fetch_unknown_link
from services.accounts.policy import Permission
from services.accounts.register.queries import today_of
from services.accounts.relations import Relations, needs_leads
from services.accounts.schemas import NothingIn
from services.accounts.sessions.door import require_confirmed
from services.common.app import internal, read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.problems import wrong

blp = Blueprint("consents", __name__, url_prefix="/api/accounts/v1")
internal_blp = Blueprint("consents_internal", __name__, url_prefix="/internal/accounts/v1")


@blp.route("/consents", methods=["GET"])
@blp.arguments(schemas.RegisterQuery, location="query")
@blp.response(200, schemas.RegisterOut)
@requires(Permission.CONSENTS_READ)
def register(asked: dict[str, Any]) -> dict[str, Any]:
    relations = _relations(asked["class_"] is not None)
    with read() as session:
        today = today_of(session, viewer().school_id, now())
        if asked["class_"] is None:
            return {"items": own_register(session, viewer().person_id, today, asked["state"]), "next": None}
        access_register(session, viewer(), relations, asked["class_"])
        items, last = class_register(session, asked["class_"], today, asked["cursor"], asked["limit"], asked["state"])
    return {"items": items, "next": last}


@blp.route("/consents", methods=["POST"])
@blp.arguments(schemas.DecisionIn)
@blp.response(201, schemas.ConsentOut)
@requires(Permission.CONSENTS_EDIT)
def decide(given: dict[str, Any]) -> dict[str, Any]:
    require_confirmed()
    student_id, guardian_id = given["student_id"], given["guardian_id"]
    if viewer().roles or "staff" in viewer().kinds:
        fetch_unknown(accounts(), viewer().school_id, [student_id, guardian_id])
        fetch_unknown_link(accounts(), viewer().school_id, student_id, guardian_id)
    relations = _relations(needs_leads(viewer()), guardian_id == viewer().person_id != student_id)
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        source = access_signing(session, viewer(), relations, student_id, guardian_id, today)
        new = _decision(session, given, source, today)
        consent = record_decision(session, viewer().school_id, new, now())
        return consent_line(session, consent, today)


@blp.route("/consents/<uuid:consent_id>/withdraw", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(200, schemas.ConsentOut)
@requires(Permission.CONSENT_WITHDRAW)
def take_back(_: dict[str, Any], consent_id: uuid.UUID) -> dict[str, Any]:
    # No password is asked for: closing the door must never be harder than opening it.
    relations = _relations(needs_leads(viewer()))
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        consent = access_consent(session, viewer(), relations, consent_id, today)
        withdraw(session, consent, viewer().person_id, now())
        return consent_line(session, consent, today)


@blp.route("/disputes", methods=["POST"])
@blp.arguments(schemas.DisputeIn)
@blp.response(201, schemas.DisputeOut)
@requires(Permission.CONSENTS_DISPUTE)
def begin_dispute(given: dict[str, Any]) -> object:
    relations = _relations(needs_leads(viewer()))
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        access_student_for_dispute(session, viewer(), relations, given["person_id"], today)
        return dispute(session, viewer().school_id, given["person_id"], given["document"], viewer().person_id, now())


@blp.route("/disputes/<uuid:dispute_id>/end", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(200, schemas.DisputeOut)
@requires(Permission.CONSENTS_DISPUTE)
def end_dispute(_: dict[str, Any], dispute_id: uuid.UUID) -> object:
    require_confirmed()
    relations = _relations(needs_leads(viewer()))
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        opened = access_dispute(session, viewer(), relations, dispute_id, today)
        return settle(session, opened, viewer().person_id, now())


@internal_blp.route("/access", methods=["POST"])
@internal_blp.arguments(schemas.AccessIn)
@internal_blp.response(200, schemas.AccessOut)
@internal("notifications")
def access(asked: dict[str, Any]) -> dict[str, Any]:
    with internal_transaction(asked["school_id"]) as session:
        today = today_of(session, asked["school_id"], now())
        answers = access_answers(session, asked["purpose"], list(dict.fromkeys(asked["pairs"])), today)
    return {
        "answers": [
            {"student_id": student, "person_id": person, "outcome": answer.outcome, "reason": answer.reason}
            for (student, person), answer in answers.items()
        ]
    }


@internal_blp.route("/consents/declare", methods=["POST"])
@internal_blp.arguments(schemas.DeclareIn)
@internal_blp.response(200, schemas.DeclareOut)
@internal("journal")
def declare_all(asked: dict[str, Any]) -> dict[str, int]:
    with internal_transaction(asked["school_id"]) as session:
        today_of(session, asked["school_id"], now())
        became = collections.Counter(
            declare(session, asked["school_id"], said, now())
            for given in asked["declarations"]
            for said in _declarations(given)
        )
    return {
        "counted": became[Declared.COUNTS],
        "withdrawn": became[Declared.WITHDRAWS],
        "shown": became[Declared.SHOWN],
        "repeated": became[None],
    }


def _relations(*reasons: bool) -> Relations:
    """Journal is asked only when the answer can matter, and before a transaction is open."""
    return relations_of_viewer() if any(reasons) else Relations()


def _decision(session: Session, given: dict[str, Any], source: str, today: dt.date) -> NewDecision:
    purpose, consents = given["purpose"], given["decision"] == "given"
    signed_on = given["signed_on"] or today
    if signed_on > today:
        raise wrong("/signed_on", "Nobody has signed in the future.")
    if source == "system" and signed_on != today:
        raise wrong("/signed_on", "Here one signs today.")
    if source == "system":
        form = form_signed_here(session, purpose, given["form_id"], today, given=consents)
    else:
        form = form_of_paper(session, purpose, given["form_id"], signed_on)
    return NewDecision(
        student_id=given["student_id"],
        guardian_id=given["guardian_id"],
        purpose=purpose,
        given=consents,
        signed_on=signed_on,
        source=source,
        recorded_by=viewer().person_id,
        document=given["document"],
        until=last_day(form if consents else None, given["until"], signed_on),
        form_id=form.id if form is not None else None,
        id=given["id"],
    )


def _declarations(given: dict[str, Any]) -> list[Declaration]:
    """The column of a class list speaks of the diary and of mail at once."""
    purposes = [Purpose(given["purpose"])] if given["purpose"] else [Purpose.DIARY, Purpose.MAIL]
    return [
        Declaration(
            given["student_id"],
            given["guardian_id"],
            purpose,
            given["decision"] == "given",
            given["signed_on"],
            given["import_id"],
        )
        for purpose in purposes
    ]
