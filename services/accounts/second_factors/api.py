"""One's own second factor, and its end for somebody who lost the device."""

from __future__ import annotations

import uuid
from typing import Any

import pyotp

from services.accounts.edge import accounts
from services.accounts.identities.models import Account
from services.accounts.identities.queries import membership_of_person
from services.accounts.policy import POLICY, Permission
from services.accounts.register.queries import person_by_id, school_by_id
from services.accounts.roles.queries import roles_held
from services.accounts.schemas import NothingIn
from services.accounts.second_factors.commands import (
    begin_factor,
    confirm_factor,
    draw_recovery_codes,
    end_factor,
    keep_recovery_codes,
)
from services.accounts.second_factors.queries import confirmed_factor, live_factor, recovery_codes_left
from services.accounts.second_factors.schemas import BegunOut, CodeIn, FactorOut, RecoveryCodesOut
from services.accounts.sessions.commands import Device, end_sessions
from services.accounts.sessions.devices import forget_devices
from services.accounts.sessions.door import own_visit, require_confirmed, visit
from services.accounts.sessions.queries import current_session
from services.accounts.sessions.second_step import confirmed_code
from services.accounts.sessions.throttle import forget_attempts, login_digest
from services.accounts.sessions.visits import Visit, knock, note_failure
from services.accounts.sign_in_policy.queries import withheld_roles
from services.accounts.sign_ins.commands import note
from services.accounts.sign_ins.rules import SignInKind
from services.accounts.squares import square
from services.common.app import bearer_token, read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.policy import allows
from services.common.problems import ConflictError, ForbiddenError

blp = Blueprint("second_factors", __name__, url_prefix="/api/accounts/v1")

ISSUER = "Zhurnal"
"""As authenticators show it; in Latin letters, each of which is one sign in the square and not six."""


@blp.route("/second-factors", methods=["GET"])
@blp.response(200, FactorOut)
@requires(Permission.OWN_SESSIONS)
def own() -> dict[str, Any]:
    with read() as session:
        factor = confirmed_factor(session, viewer().account_id)
        today = today_in(school_by_id(session, viewer().school_id).zone, now())
        held = {role.kind for role in roles_held(session, viewer().person_id, today)}
        return {
            "set": factor is not None,
            "since": factor.confirmed_at if factor else None,
            "recovery_codes_left": recovery_codes_left(session, factor.id) if factor else 0,
            "withheld_roles": sorted(withheld_roles(session, viewer().account_id, held)),
        }


@blp.route("/second-factors", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(201, BegunOut)
@requires(Permission.OWN_SESSIONS)
def begin(_: dict[str, Any]) -> dict[str, Any]:
    """It counts once a code of it was shown; until then it may be begun anew."""
    require_confirmed()
    account = own_visit()[1]
    with transaction() as session:
        secret = begin_factor(session, accounts().vault, account.id, viewer().person_id, now())
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)
    return {"secret": secret, "uri": uri, "qr": square(uri, border=4)}


@blp.route("/second-factors/confirm", methods=["POST"])
@blp.arguments(CodeIn)
@blp.response(200, RecoveryCodesOut)
@requires(Permission.OWN_SESSIONS)
def confirm(given: dict[str, Any]) -> dict[str, Any]:
    """Every other session of the account ends, and no device is remembered."""
    require_confirmed()
    mine, account = own_visit()
    with read() as session:
        if live_factor(session, account.id) is None:
            raise ConflictError("Nothing was begun.", code="no-factor")
    knocked = knock(mine, account.login)
    knocked.refuse_while_waiting()
    hashes = draw_recovery_codes()
    with transaction() as session:
        right = confirm_factor(session, mine.vault, account.id, "".join(given["otp"].split()), mine.now)
        if right:
            keep_recovery_codes(session, account.id, hashes, mine.now)
            end_sessions(session, account.id, mine.now, but=current_session(session, bearer_token(), mine.now).id)
            forget_devices(session, account.id)
            forget_attempts(session, login_digest(account.login))
            note(session, account.id, SignInKind.FACTOR_SET, mine.place, mine.now)
    if not right:
        note_failure(mine, knocked, account.login, SignInKind.WRONG_CODE)
        raise ForbiddenError("The code is wrong.", code="wrong-otp")
    accounts().authenticator.forget(bearer_token())
    return {"recovery_codes": list(hashes)}


@blp.route("/second-factors/recovery-codes", methods=["POST"])
@blp.arguments(CodeIn)
@blp.response(200, RecoveryCodesOut)
@requires(Permission.OWN_SESSIONS)
def renew(given: dict[str, Any]) -> dict[str, Any]:
    """Ten new ones; the earlier ones open nothing any more."""
    mine, account = _owner(given["otp"])
    hashes = draw_recovery_codes()
    with transaction() as session:
        keep_recovery_codes(session, account.id, hashes, mine.now)
        note(session, account.id, SignInKind.RECOVERY_CODES_MADE, mine.place, mine.now)
    return {"recovery_codes": list(hashes)}


@blp.route("/second-factors/end", methods=["POST"])
@blp.arguments(CodeIn)
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def end(given: dict[str, Any]) -> None:
    mine, account = _owner(given["otp"])
    _end(mine, account.id)
    accounts().authenticator.forget(bearer_token())


@blp.route("/people/<uuid:person_id>/second-factor/end", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(204)
@requires(Permission.SECOND_FACTOR_END)
def end_for(_: dict[str, Any], person_id: uuid.UUID) -> None:
    """For somebody who lost the device and the codes: whoever is signed in with this account is out."""
    if not allows(POLICY, Permission.SECOND_FACTOR_END, viewer(), None):
        raise ForbiddenError
    require_confirmed()
    with read() as session:
        person_by_id(session, person_id)
        membership = membership_of_person(session, person_id)
    if membership is None:
        raise ConflictError("This person has no account.", code="no-factor")
    _end(visit(Device()), membership.account_id, out=True)


def _owner(otp: str) -> tuple[Visit, Account]:
    """Whoever has confirmed the password and shows a code."""
    require_confirmed()
    mine, account = own_visit()
    with read() as session:
        if confirmed_factor(session, account.id) is None:
            raise ConflictError("There is no second factor.", code="no-factor")
    confirmed_code(mine, account, otp)
    return mine, account


def _end(by: Visit, account_id: uuid.UUID, *, out: bool = False) -> None:
    with transaction() as session:
        factor = confirmed_factor(session, account_id, locked=True)
        if factor is None:
            raise ConflictError("There is no second factor.", code="no-factor")
        end_factor(session, factor, viewer().person_id, by.now)
        forget_devices(session, account_id)
        if out:
            end_sessions(session, account_id, by.now)
        note(session, account_id, SignInKind.FACTOR_ENDED, by.place, by.now)
