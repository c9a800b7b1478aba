"""What happened at the door of one's own account, and for an administrator at somebody's."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.identities.models import Membership
from services.accounts.identities.queries import membership_of_person
from services.accounts.policy import POLICY, Permission
from services.accounts.register.queries import person_by_id
from services.accounts.sign_ins.models import SignInEvent
from services.accounts.sign_ins.queries import sign_ins_of
from services.accounts.sign_ins.rules import SignInKind
from services.accounts.sign_ins.schemas import SignInsOut, SignInsQuery
from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint
from services.common.paging import page_of
from services.common.policy import allows
from services.common.problems import ForbiddenError

blp = Blueprint("sign_ins", __name__, url_prefix="/api/accounts/v1")


@blp.route("/me/sign-ins", methods=["GET"])
@blp.arguments(SignInsQuery, location="query")
@blp.response(200, SignInsOut)
@requires(Permission.OWN_SESSIONS)
def own(asked: dict[str, Any]) -> dict[str, Any]:
    """The latest first."""
    with read() as session:
        return _page(session, viewer().account_id, asked)


@blp.route("/people/<uuid:person_id>/sign-ins", methods=["GET"])
@blp.arguments(SignInsQuery, location="query")
@blp.response(200, SignInsOut)
@requires(Permission.SIGN_INS_READ)
def of_person(asked: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """The latest first; nothing of somebody who was never let in, or of what happened in another school."""
    with read() as session:
        membership = access_membership(session, person_id)
        return _page(session, membership.account_id, asked) if membership else {"items": [], "next": None}


def access_membership(session: Session, person_id: uuid.UUID) -> Membership | None:
    """Whose log the viewer may read. Raises NotFoundError, ForbiddenError."""
    if not allows(POLICY, Permission.SIGN_INS_READ, viewer(), None):
        raise ForbiddenError
    person_by_id(session, person_id)
    return membership_of_person(session, person_id)


def _page(session: Session, account_id: uuid.UUID, asked: dict[str, Any]) -> dict[str, Any]:
    rows = sign_ins_of(session, account_id, asked["cursor"], asked["limit"] + 1)
    page = page_of(rows, asked["limit"], lambda event: event.id)
    return {"items": [_shown(event) for event in page.items], "next": page.next}


def _shown(event: SignInEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": SignInKind(event.kind),
        "at": event.at,
        "device": event.device,
        "network": event.network,
    }
