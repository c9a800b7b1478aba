"""Using a code up: short transactions, and the slow look at a password between them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from services.accounts.credentials.queries import locked_code, usable_code
from services.accounts.identities.commands import drop_empty_account, join_school
from services.accounts.identities.passwords import hash_password, refuse_guessable
from services.accounts.identities.queries import account_by_id, membership_of_person
from services.accounts.identities.rules import normalized
from services.accounts.register.queries import children_birth_dates, today_of
from services.accounts.second_factors.queries import confirmed_factor
from services.accounts.sessions.commands import end_sessions
from services.accounts.sessions.devices import forget_devices
from services.accounts.sessions.second_step import Proven, require_code
from services.accounts.sessions.sign_in import SignedIn, proven_account, sign_in
from services.accounts.sessions.throttle import forget_attempts, login_digest, refuse_while_waiting
from services.accounts.sessions.visits import Visit, knock, knock_with_code
from services.accounts.sign_ins.commands import note
from services.accounts.sign_ins.rules import SignInKind
from services.common.db import Scope, scope_of, set_scope
from services.common.identity import token_digest
from services.common.problems import ConflictError, NotFoundError, wrong


@dataclass(frozen=True)
class Activation:
    """What somebody with a slip types."""

    code: str
    password: str
    child_birth_date: dt.date | None = None
    login: str | None = None
    """Of an account he has already, perhaps from another school."""
    otp: str | None = None
    """Where the account has a second factor: a slip is no way round it."""


@dataclass(frozen=True)
class _Try:
    code_id: uuid.UUID
    school_id: uuid.UUID
    account_id: uuid.UUID
    right_child: bool


def activate(visit: Visit, given: Activation) -> SignedIn:
    """Lets a person in by a one-use code. Raises NotFoundError for a code that opens nothing, UnprocessableError for
    a new password that is easily guessed; that costs no try. NotSignedInError as `proven_account` does."""
    if given.login is None:
        refuse_guessable("/password", given.password)
    digest = token_digest(normalized(given.code))
    tried = _count_try(visit, digest, given)
    if not tried.right_child:
        raise wrong("/child_birth_date", "This is not the child's date of birth.", "wrong-birth-date")
    if given.login is not None:
        proven = proven_account(visit, given.login, given.password, given.otp)
        password_hash = None
    else:
        proven = _of_slip(visit, tried.account_id, given.otp)
        password_hash = hash_password(given.password)
    scope = Scope(school_id=tried.school_id, request_id=visit.request_id, token_hash=digest)
    with visit.database.transaction(scope) as session:
        code = locked_code(session, tried.code_id)
        if code.used_at is not None or code.revoked_at is not None:
            raise _opens_nothing()
        set_scope(session, replace(scope_of(session), actor=f"person:{code.person_id}"))
        account = account_by_id(session, proven.account_id)
        member = membership_of_person(session, code.person_id)
        if member is not None and member.account_id != account.id:
            raise ConflictError("This person has an account already.", code="has-account")
        join_school(session, tried.school_id, account.id, code.person_id)
        code.used_at = visit.now
        note(session, account.id, SignInKind.SLIP_USED, visit.place, visit.now, tried.school_id)
        if password_hash is not None:
            if account.password_hash is not None:
                note(session, account.id, SignInKind.PASSWORD_RESET, visit.place, visit.now)
            account.password_hash = password_hash
            # Whoever had the old password is out; whoever forgot it need not wait for the throttle.
            end_sessions(session, account.id, visit.now)
            forget_devices(session, account.id)
            forget_attempts(session, login_digest(account.login))
        elif code.account_id != account.id:
            drop_empty_account(session, code.account_id)
    return sign_in(visit, proven, tried.school_id)


def _of_slip(visit: Visit, account_id: uuid.UUID, otp: str | None) -> Proven:
    """The account that a slip opens, with its code where it has a second factor."""
    with visit.database.read(Scope()) as session:
        account = account_by_id(session, account_id)
        factor = confirmed_factor(session, account_id)
    if factor is None:
        return Proven(account_id)
    knocked = knock(visit, account.login)
    knocked.refuse_while_waiting()
    return require_code(visit, knocked, account, otp)


def _count_try(visit: Visit, digest: str, given: Activation) -> _Try:
    """Counts the try before anything is compared. What failed is raised after this is stored."""
    with visit.database.transaction(Scope(token_hash=digest)) as session:
        attempt = None
        code = usable_code(session, digest, visit.now)
        if code is None:
            # Guessing codes is guessing passwords: the address pays for it.
            attempt = knock_with_code(session, visit, digest)
            tried = None
        else:
            set_scope(session, replace(scope_of(session), school_id=code.school_id))
            today = today_of(session, code.school_id, visit.now)
            births = children_birth_dates(session, code.person_id, today)
            if births and given.child_birth_date is None:
                raise wrong("/child_birth_date", "Give your child's date of birth.", "required")
            right = not births or given.child_birth_date in births
            locked_code(session, code.id).tries += 1
            tried = _Try(code.id, code.school_id, code.account_id, right)
    if tried is None:
        refuse_while_waiting(attempt.wait if attempt else dt.timedelta())
        raise _opens_nothing()
    return tried


def _opens_nothing() -> NotFoundError:
    return NotFoundError("This code opens nothing: mistyped, used or too old.", code="code-unknown")
