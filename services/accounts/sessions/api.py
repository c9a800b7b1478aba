"""Signing in and out, own devices, change of school, the password once more."""

from __future__ import annotations

import uuid
from typing import Any

from services.accounts.edge import accounts
from services.accounts.policy import Permission
from services.accounts.sessions.answers import device_of, signed_in_answer
from services.accounts.sessions.commands import Device, end_session
from services.accounts.sessions.devices import distrust_device, forget_device, trusted_devices
from services.accounts.sessions.door import own_visit, visit
from services.accounts.sessions.models import SignInSession
from services.accounts.sessions.queries import current_session, open_sessions, session_of_account
from services.accounts.sessions.schemas import ChangeSchool, Confirm, SecondStep, SessionsOut, SignedInOut, SignIn
from services.accounts.sessions.second_step import second_step
from services.accounts.sessions.sign_in import change_school, confirmed_account, proven_account, sign_in
from services.accounts.sign_ins.commands import Place, note
from services.accounts.sign_ins.rules import SignInKind
from services.common.app import bearer_token, requires, transaction, viewer
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
    """Where there is a second factor, 401 `otp-required` with a `proof` of the password for the second step."""
    knocking = visit(device_of(given["device"]))
    proven = proven_account(knocking, given["login"], given["password"], given["otp"])
    return signed_in_answer(sign_in(knocking, proven, given["school"]), knocking.now)


@blp.route("/sessions/second-step", methods=["POST"])
@blp.arguments(SecondStep)
@blp.response(201, SignedInOut)
@blp.alt_response(401)
@requires(PUBLIC)
def go_on(given: dict[str, Any]) -> dict[str, Any]:
    """The code alone, within five minutes of the password."""
    knocking = visit(device_of(given["device"]))
    proven = second_step(knocking, given["proof"], given["otp"])
    return signed_in_answer(sign_in(knocking, proven, given["school"]), knocking.now)


@blp.route("/sessions", methods=["GET"])
@blp.response(200, SessionsOut)
@requires(Permission.OWN_SESSIONS)
def devices() -> dict[str, Any]:
    with transaction() as session:
        mine = current_session(session, bearer_token(), now())
        found = open_sessions(session, mine.account_id, now())
        remembered = trusted_devices(session, mine.account_id, now())
    return {"items": [_shown(opened, mine.id) for opened in found], "devices": remembered, "next": None}


@blp.route("/sessions/current", methods=["PATCH"])
@blp.arguments(ChangeSchool)
@blp.response(200, SignedInOut)
@requires(Permission.OWN_SESSIONS)
def move(given: dict[str, Any]) -> dict[str, Any]:
    knocking, token = visit(Device()), bearer_token()
    signed = change_school(knocking, token, given["school"])
    accounts().authenticator.forget(token)
    return signed_in_answer(signed, knocking.now)


@blp.route("/sessions/current", methods=["DELETE"])
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def sign_out() -> None:
    place = visit(Device()).place
    with transaction() as session:
        mine = current_session(session, bearer_token(), now())
        end_session(mine, now())
        note(session, mine.account_id, SignInKind.SIGNED_OUT, Place(mine.device_name, place.network), now())
    accounts().authenticator.forget(bearer_token())


@blp.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def end(session_id: uuid.UUID) -> None:
    """Its device shows the second factor at its next sign-in."""
    place = visit(Device()).place
    with transaction() as session:
        ending = session_of_account(session, session_id, viewer().account_id)
        if ending.ended_at is None:
            end_session(ending, now())
            distrust_device(session, ending.account_id, ending.device_key_hash)
            ended = Place(ending.device_name, place.network)
            note(session, ending.account_id, SignInKind.SESSION_ENDED, ended, now())
    accounts().authenticator.forget(bearer_token())


@blp.route("/devices/<uuid:device_id>", methods=["DELETE"])
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def forget(device_id: uuid.UUID) -> None:
    """A device is a stranger from now on, and whoever is signed in there is out."""
    place = visit(Device()).place
    with transaction() as session:
        device = forget_device(session, viewer().account_id, device_id, now())
        forgotten = Place(device.name, place.network)
        note(session, viewer().account_id, SignInKind.DEVICE_FORGOTTEN, forgotten, now())
    accounts().authenticator.forget(bearer_token())


@blp.route("/sessions/current/confirm", methods=["POST"])
@blp.arguments(Confirm)
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def confirm(given: dict[str, Any]) -> None:
    confirmed_account(*own_visit(), given["password"])
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
