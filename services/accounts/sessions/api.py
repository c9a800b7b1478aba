"""Signing in and out, own devices, change of school, the password once more."""

from __future__ import annotations

import uuid
from typing import Any

from services.accounts.edge import accounts
from services.accounts.policy import Permission
from services.accounts.sessions.answers import device_of, signed_in_answer
from services.accounts.sessions.commands import end_session
from services.accounts.sessions.door import door
from services.accounts.sessions.models import SignInSession
from services.accounts.sessions.queries import current_session, open_sessions, session_of_account
from services.accounts.sessions.schemas import ChangeSchool, Confirm, SessionsOut, SignedInOut, SignIn
from services.accounts.sessions.sign_in import change_school, confirmed_account, proven_account, sign_in
from services.common.app import (
    bearer_token,
    current_request_id,
    requires,
    transaction,
    viewer,
)
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.policy import PUBLIC

blp = Blueprint("sessions", __name__, url_prefix="/api/accounts/v1")


@blp.route("/sessions", methods=["POST"])
@blp.arguments(SignIn)
@blp.response(201, SignedInOut)
@blp.alt_response(401)
@requires(PUBLIC)
def begin(given: dict[str, Any]) -> dict[str, Any]:
    device, moment, database = device_of(given["device"]), now(), accounts().database
    account = proven_account(database, given["login"], given["password"], device, door(), moment)
    signed = sign_in(database, account.id, given["school"], device, moment, current_request_id())
    return signed_in_answer(signed, moment)


@blp.route("/sessions", methods=["GET"])
@blp.response(200, SessionsOut)
@requires(Permission.OWN_SESSIONS)
def devices() -> dict[str, Any]:
    with transaction() as session:
        mine = current_session(session, bearer_token(), now())
        found = open_sessions(session, mine.account_id, now())
    return {"items": [_shown(opened, mine.id) for opened in found], "next": None}


@blp.route("/sessions/current", methods=["PATCH"])
@blp.arguments(ChangeSchool)
@blp.response(200, SignedInOut)
@requires(Permission.OWN_SESSIONS)
def move(given: dict[str, Any]) -> dict[str, Any]:
    moment, token = now(), bearer_token()
    signed = change_school(accounts().database, token, given["school"], moment, current_request_id())
    accounts().authenticator.forget(token)
    return signed_in_answer(signed, moment)


@blp.route("/sessions/current", methods=["DELETE"])
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def sign_out() -> None:
    with transaction() as session:
        end_session(current_session(session, bearer_token(), now()), now())
    accounts().authenticator.forget(bearer_token())


@blp.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def end(session_id: uuid.UUID) -> None:
    with transaction() as session:
        end_session(session_of_account(session, session_id, viewer().account_id), now())
    accounts().authenticator.forget(bearer_token())


@blp.route("/sessions/current/confirm", methods=["POST"])
@blp.arguments(Confirm)
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def confirm(given: dict[str, Any]) -> None:
    confirmed_account(accounts().database, viewer().account_id, given["password"], door(), now())
    with transaction() as session:
        current_session(session, bearer_token(), now()).confirmed_at = now()


def _shown(opened: SignInSession, mine: uuid.UUID) -> dict[str, Any]:
    return {
        "id": opened.id,
        "kind": opened.kind,
        "device": opened.device_name,
        "trusted": opened.trusted,
        "created_at": opened.created_at,
        "last_seen_at": opened.last_seen_at,
        "until": opened.idle_until,
        "current": opened.id == mine,
    }
