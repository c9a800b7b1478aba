"""Requests about personal data: asked by whom they are about or by the office on paper, answered by the office."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.edge import accounts, internal_transaction, relations_of_viewer
from services.accounts.people import fetch_unknown, fetch_unknown_link
from services.accounts.policy import Permission
from services.accounts.privacy_requests import commands, queries, schemas
from services.accounts.privacy_requests.access import access_request, access_subject, copy_for, may_list_all
from services.accounts.privacy_requests.commands import Answer, NewRequest
from services.accounts.privacy_requests.models import PrivacyRequest
from services.accounts.privacy_requests.rules import Kind, Outcome
from services.accounts.register.queries import today_of
from services.accounts.relations import Relations
from services.accounts.schemas import NothingIn
from services.accounts.sessions.door import require_confirmed
from services.common.app import internal, read, requires, shown_service_token, transaction, upload, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.problems import ForbiddenError, wrong

blp = Blueprint(
    "privacy_requests", __name__, url_prefix="/api/accounts/v1", description="What is stored about whom, and answers."
)
internal_blp = Blueprint("privacy_requests_internal", __name__, url_prefix="/internal/accounts/v1")


@blp.route("/privacy-requests", methods=["GET"])
@blp.arguments(schemas.RequestsQuery, location="query")
@blp.response(200, schemas.PrivacyRequestsOut)
@requires(Permission.PRIVACY_READ)
def listed(asked: dict[str, Any]) -> dict[str, Any]:
    """The latest first: the viewer's own, or the whole school's for the office."""
    if asked["of"] == "school" and not may_list_all(viewer()):
        raise ForbiddenError
    requester = viewer().person_id if asked["of"] == "own" else None
    closed = None if asked["state"] is None else asked["state"] == "closed"
    with read() as session:
        today = today_of(session, viewer().school_id, now())
        page = queries.requests(session, requester, closed, today, asked["cursor"], asked["limit"])
    return {"items": page.items, "next": page.next}


@blp.route("/privacy-requests", methods=["POST"])
@blp.arguments(schemas.RequestIn)
@blp.response(201, schemas.PrivacyRequestOut)
@requires(Permission.PRIVACY_ASK)
def ask(given: dict[str, Any]) -> dict[str, Any]:
    """By whom it is about or a guardian; with `requester_id` the office writes a paper down."""
    requester = given["requester_id"] or viewer().person_id
    if requester != viewer().person_id:
        fetch_unknown(accounts(), viewer().school_id, [given["subject_id"], requester])
        fetch_unknown_link(accounts(), viewer().school_id, given["subject_id"], requester)
    relations = relations_to_families()
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        source = access_subject(session, viewer(), relations, given["subject_id"], requester, today)
        received = given["received_on"] or today
        if received > today:
            raise wrong("/received_on", "Nothing comes in from the future.")
        if source == "system" and received != today:
            raise wrong("/received_on", "What is asked here is received today.")
        new = NewRequest(
            kind=given["kind"],
            subject_id=given["subject_id"],
            requester_id=requester,
            source=source,
            text=given["text"],
            document=given["document"],
            received_on=received,
            recorded_by=viewer().person_id,
            id=given["id"],
        )
        return _line(session, commands.ask(session, viewer().school_id, new, now()))


@blp.route("/privacy-requests/<uuid:request_id>", methods=["GET"])
@blp.response(200, schemas.OnePrivacyRequestOut)
@requires(Permission.PRIVACY_READ)
def one(request_id: uuid.UUID) -> dict[str, Any]:
    relations = relations_to_families()
    with read() as session:
        request = access_request(session, viewer(), relations, request_id)
        today = today_of(session, viewer().school_id, now())
        return _line(session, request) | {"copy": str(copy_for(session, viewer(), relations, request, today))}


@blp.route("/privacy-requests/<uuid:request_id>/gather", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(200, schemas.PrivacyRequestOut)
@requires(Permission.PRIVACY_ANSWER)
def gather(_: dict[str, Any], request_id: uuid.UUID) -> dict[str, Any]:
    """Asks every service anew, before the answer is given."""
    relations = relations_to_families()
    with transaction() as session:
        request = _to_answer(session, relations, request_id)
        commands.gather_again(session, request, now())
        return _line(session, request)


@blp.route("/privacy-requests/<uuid:request_id>/extend", methods=["POST"])
@blp.arguments(schemas.ExtensionIn)
@blp.response(200, schemas.PrivacyRequestOut)
@requires(Permission.PRIVACY_ANSWER)
def extend(given: dict[str, Any], request_id: uuid.UUID) -> dict[str, Any]:
    """Five working days more, once; the requester is shown the reason."""
    relations = relations_to_families()
    with transaction() as session:
        request = _to_answer(session, relations, request_id)
        today = today_of(session, viewer().school_id, now())
        return _line(session, commands.extend(session, request, given["reason"], today))


@blp.route("/privacy-requests/<uuid:request_id>/answer", methods=["POST"])
@blp.arguments(schemas.AnswerIn)
@blp.response(200, schemas.PrivacyRequestOut)
@requires(Permission.PRIVACY_ANSWER)
def answer(given: dict[str, Any], request_id: uuid.UUID) -> dict[str, Any]:
    """Granted, or refused on a ground; a restriction begins at once, an erasure makes an act for the director."""
    require_confirmed()
    outcome = Outcome(given["outcome"])
    if (outcome is Outcome.REFUSED) != (given["grounds"] is not None):
        raise wrong("/grounds", "A refusal names its ground, and nothing else does.")
    relations = relations_to_families()
    with transaction() as session:
        request = _to_answer(session, relations, request_id)
        if bool(given["categories"]) != (outcome is Outcome.GRANTED and request.kind == Kind.ERASURE):
            raise wrong("/categories", "An erasure that is granted says of what, and nothing else does.")
        if len(set(given["categories"])) < len(given["categories"]):
            raise wrong("/categories", "Each is named once.")
        said = Answer(outcome, given["grounds"], given["answer"], given["categories"])
        commands.answer(session, request, said, viewer().person_id, now())
        return _line(session, request)


@blp.route("/privacy-requests/<uuid:request_id>/withdraw", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(200, schemas.PrivacyRequestOut)
@requires(Permission.PRIVACY_WITHDRAW)
def withdraw(_: dict[str, Any], request_id: uuid.UUID) -> dict[str, Any]:
    relations = relations_to_families()
    with transaction() as session:
        request = access_request(session, viewer(), relations, request_id, Permission.PRIVACY_WITHDRAW, lock=True)
        return _line(session, commands.withdraw(session, request, viewer().person_id, now()))


@internal_blp.route("/privacy-requests/<uuid:request_id>/parts", methods=["POST"])
@internal_blp.arguments(schemas.PartIn)
@internal_blp.response(200, schemas.PartTakenOut)
@internal("journal", "notifications", "reports")
@upload
def take_part(told: dict[str, Any], request_id: uuid.UUID) -> dict[str, bool]:
    """What the calling service keeps about the subject; told again the later counts."""
    with internal_transaction(told["school_id"]) as session:
        commands.take_part(session, request_id, shown_service_token(), told["sections"], now())
    return {"taken": True}


def relations_to_families() -> Relations:
    """Journal is asked for guardians alone: whom somebody looks after is what matters here."""
    return relations_of_viewer() if "guardian" in viewer().kinds else Relations()


def _to_answer(session: Session, relations: Relations, request_id: uuid.UUID) -> PrivacyRequest:
    return access_request(session, viewer(), relations, request_id, Permission.PRIVACY_ANSWER, lock=True)


def _line(session: Session, request: PrivacyRequest) -> dict[str, Any]:
    today = today_of(session, viewer().school_id, now())
    (line,) = queries.lines(session, [request], today)
    return line
