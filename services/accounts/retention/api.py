"""Terms and acts for the administration; orders for the services that carry them out."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

import flask

from services.accounts.edge import internal_transaction
from services.accounts.policy import POLICY, Permission
from services.accounts.register.queries import school_by_id
from services.accounts.retention import commands, queries, schemas
from services.accounts.retention.commands import NewAct, NewTerm
from services.accounts.retention.models import DestructionAct, DestructionPart
from services.accounts.retention.pdf import render
from services.accounts.retention.queries import Kept
from services.accounts.retention.rules import CATEGORIES
from services.accounts.sessions.door import require_confirmed
from services.common.app import internal, read, requires, shown_service_token, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.downloads import BINARY, PDF, download
from services.common.paging import page_of
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError

blp = Blueprint("retention", __name__, url_prefix="/api/accounts/v1", description="How long data are kept.")
internal_blp = Blueprint("destructions", __name__, url_prefix="/internal/accounts/v1")


@blp.route("/retention", methods=["GET"])
@blp.response(200, schemas.RetentionOut)
@requires(Permission.RETENTION_READ)
def retention() -> dict[str, Any]:
    """What is kept, for how long, and why so long."""
    _require(Permission.RETENTION_READ)
    with read() as session:
        return {"items": [_kept(one) for one in queries.schedule(session).values()], "next": None}


@blp.route("/retention/<string:category>", methods=["PUT"])
@blp.arguments(schemas.TermIn)
@blp.response(200, schemas.KeptOut)
@requires(Permission.RETENTION_EDIT)
def set_term(given: dict[str, Any], category: str) -> dict[str, Any]:
    """Another term by an order of the director; 422 `below-floor` for one shorter than the least."""
    _require(Permission.RETENTION_EDIT)
    if category not in CATEGORIES:
        raise NotFoundError
    with transaction() as session:
        commands.set_term(session, viewer().school_id, category, NewTerm(**given), viewer().person_id, now())
        session.expire_all()
        return _kept(queries.schedule(session)[category])


@blp.route("/destruction-acts", methods=["GET"])
@blp.arguments(schemas.ActsQuery, location="query")
@blp.response(200, schemas.ActsOut)
@requires(Permission.RETENTION_READ)
def acts(asked: dict[str, Any]) -> dict[str, Any]:
    """The latest first."""
    _require(Permission.RETENTION_READ)
    with read() as session:
        rows = queries.acts(session, asked["cursor"], asked["limit"] + 1)
        page = page_of(rows, asked["limit"], lambda act: act.id)
        parts = queries.parts_of(session, [act.id for act in page.items])
        return {"items": [_shown(act, parts[act.id]) for act in page.items], "next": page.next}


@blp.route("/destruction-acts", methods=["POST"])
@blp.arguments(schemas.ActIn)
@blp.response(201, schemas.ActOut)
@requires(Permission.RETENTION_EDIT)
def make(given: dict[str, Any]) -> dict[str, Any]:
    """A draft; 422 `kept-by-law` for what may not be destroyed. Nothing goes before the director approves it."""
    _require(Permission.RETENTION_EDIT)
    with transaction() as session:
        act = commands.make_act(session, viewer().school_id, NewAct(**given), viewer().person_id, now())
        return _shown(act, queries.parts_of(session, [act.id])[act.id])


@blp.route("/destruction-acts/<uuid:act_id>", methods=["GET"])
@blp.response(200, schemas.ActOut)
@requires(Permission.RETENTION_READ)
def act(act_id: uuid.UUID) -> dict[str, Any]:
    """How far it is."""
    _require(Permission.RETENTION_READ)
    with read() as session:
        found = queries.act_by_id(session, act_id)
        return _shown(found, queries.parts_of(session, [found.id])[found.id])


@blp.route("/destruction-acts/<uuid:act_id>/approve", methods=["POST"])
@blp.response(200, schemas.ActOut)
@requires(Permission.RETENTION_APPROVE)
def approve(act_id: uuid.UUID) -> dict[str, Any]:
    """From now on it is carried out, and nothing brings the data back; the password is asked for once more."""
    _require(Permission.RETENTION_APPROVE)
    require_confirmed()
    with transaction() as session:
        found = commands.locked_act(session, act_id)
        commands.approve(session, found, viewer().person_id, now())
        return _shown(found, queries.parts_of(session, [found.id])[found.id])


@blp.route("/destruction-acts/<uuid:act_id>/cancel", methods=["POST"])
@blp.response(200, schemas.ActOut)
@requires(Permission.RETENTION_EDIT)
def cancel(act_id: uuid.UUID) -> dict[str, Any]:
    """A draft from which nothing follows; 409 once it is approved."""
    _require(Permission.RETENTION_EDIT)
    with transaction() as session:
        found = commands.locked_act(session, act_id)
        commands.cancel(session, found, viewer().person_id, now())
        return _shown(found, queries.parts_of(session, [found.id])[found.id])


@blp.route("/destruction-acts/<uuid:act_id>/certificate", methods=["GET"])
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.RETENTION_READ)
def certificate(act_id: uuid.UUID) -> flask.Response:
    """The act and the extract of the log, as Roskomnadzor's order № 179 asks; 404 `not-done` before that."""
    _require(Permission.RETENTION_READ)
    with read() as session:
        found = queries.act_by_id(session, act_id)
        if found.done_at is None:
            raise NotFoundError("Not everything is destroyed yet.", code="not-done")
        parts = queries.parts_of(session, [found.id])[found.id]
        zone = ZoneInfo(school_by_id(session, viewer().school_id).zone)
    return download(render(found, parts, zone), PDF, f"destruction-act-{found.number}.pdf")


@internal_blp.route("/destructions/<uuid:order_id>", methods=["GET"])
@internal_blp.arguments(schemas.OrderQuery, location="query")
@internal_blp.response(200, schemas.OrderOut)
@internal("journal", "notifications", "reports")
def order(asked: dict[str, Any], order_id: uuid.UUID) -> dict[str, Any]:
    """What the service that asks has to destroy; 404 for another's, and before it is approved."""
    with internal_transaction(asked["school"]) as session:
        return vars(queries.order_for(session, order_id, shown_service_token()))


@internal_blp.route("/destructions/<uuid:order_id>/done", methods=["POST"])
@internal_blp.arguments(schemas.DoneIn)
@internal_blp.response(200, schemas.DoneOut)
@internal("journal", "notifications", "reports")
def done(given: dict[str, Any], order_id: uuid.UUID) -> dict[str, Any]:
    """All of it is gone; said again it stays as it was first said."""
    with internal_transaction(given["school_id"]) as session:
        commands.part_done(session, order_id, shown_service_token(), given["destroyed"], now())
    return {"recorded": True}


def _require(permission: Permission) -> None:
    if not allows(POLICY, permission, viewer(), None):
        raise ForbiddenError


def _kept(kept: Kept) -> dict[str, Any]:
    one, term = kept.category, kept.term
    return {
        "category": one.name,
        "service": one.service,
        "title": one.title,
        "basis": one.basis,
        "counted_from": one.counted_from,
        "floor": one.years,
        "years": kept.years,
        "destroyable": one.destroyable,
        "erasable": one.erasable,
        "refusal": one.why_not_erased,
        "order_number": term.order_number if term else None,
        "order_date": term.order_date if term else None,
    }


def _shown(act: DestructionAct, parts: list[DestructionPart]) -> dict[str, Any]:
    said = ("id", "number", "state", "reason", "person_id", "subject", "processor", "maker", "approver")
    names = (*said, "made_at", "approved_at", "cancelled_at", "done_at")
    return {name: getattr(act, name) for name in names} | {
        "parts": [
            {
                "category": part.category,
                "title": CATEGORIES[part.category].title,
                "before": part.before,
                "destroyed": part.destroyed,
                "done_at": part.done_at,
            }
            for part in parts
        ]
    }
