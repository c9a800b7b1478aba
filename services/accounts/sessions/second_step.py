"""The code after the password: asked for, shown at once or a moment later, counted like a password."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass

import orjson

from services.accounts.identities.models import Account
from services.accounts.identities.queries import account_by_id
from services.accounts.second_factors.proving import Shown, prove
from services.accounts.second_factors.rules import PROOF_SECONDS
from services.accounts.sessions.throttle import forget_attempts, login_digest, take_back
from services.accounts.sessions.visits import Knock, Visit, knock, note_failure
from services.accounts.sign_ins.commands import note
from services.accounts.sign_ins.rules import SignInKind
from services.common.db import Scope
from services.common.problems import ForbiddenError, NotSignedInError
from services.common.vault import BrokenSealError


@dataclass(frozen=True)
class Proven:
    """An account that has shown all that was asked of it."""

    account_id: uuid.UUID
    by_code: bool = False
    """By its second factor, too: then a device of one's own need not show it again for a while."""


def require_code(visit: Visit, knocked: Knock, account: Account, otp: str | None) -> Proven:
    """After a right password. Without a code the try is taken back and NotSignedInError (`otp-required`) carries a
    proof of the password, good for five minutes; a wrong one (`wrong-otp`) counts like a wrong password."""
    if otp is None:
        with visit.database.transaction(Scope()) as session:
            take_back(session, knocked.attempt)
        proof = visit.vault.close(orjson.dumps([str(account.id), _state(account)]).decode())
        raise NotSignedInError("Show a code of your second factor.", code="otp-required", extra={"proof": proof})
    _prove(visit, knocked, account, otp, NotSignedInError("The code is wrong.", code="wrong-otp"))
    return Proven(account.id, by_code=True)


def second_step(visit: Visit, proof: str, otp: str) -> Proven:
    """The account whose password was shown within the last five minutes, now with its code.

    Raises NotSignedInError (`proof-expired`: from the beginning; `wrong-otp`) and TooManyRequestsError.
    """
    try:
        account_id, state = orjson.loads(visit.vault.open(proof, PROOF_SECONDS))
    except BrokenSealError:
        account_id, state = None, ""
    if account_id is None:
        raise NotSignedInError("Show the password once more.", code="proof-expired")
    with visit.database.read(Scope()) as session:
        account = account_by_id(session, uuid.UUID(account_id))
    if not hmac.compare_digest(_state(account), state):
        raise NotSignedInError("Show the password once more.", code="proof-expired")
    knocked = knock(visit, account.login)
    knocked.refuse_while_waiting()
    return require_code(visit, knocked, account, otp)


def confirmed_code(visit: Visit, account: Account, otp: str) -> None:
    """Raises ForbiddenError (`wrong-otp`) when this is no code of the signed-in account's second factor."""
    knocked = knock(visit, account.login)
    knocked.refuse_while_waiting()
    _prove(visit, knocked, account, otp, ForbiddenError("The code is wrong.", code="wrong-otp"))


def _prove(visit: Visit, knocked: Knock, account: Account, otp: str, refusal: Exception) -> None:
    shown = prove(visit.database, visit.vault, account.id, otp, visit.now)
    if shown is Shown.NOTHING:
        note_failure(visit, knocked, account.login, SignInKind.WRONG_CODE)
        raise refusal
    with visit.database.transaction(Scope()) as session:
        forget_attempts(session, login_digest(account.login))
        if shown is Shown.RECOVERY_CODE:
            note(session, account.id, SignInKind.RECOVERY_CODE_USED, visit.place, visit.now)


def _state(account: Account) -> str:
    """Another one as soon as the password is: a proof of the old one is none."""
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()
