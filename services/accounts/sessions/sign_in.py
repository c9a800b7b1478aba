"""Signing in: short transactions, and the slow look at the password between them, outside of any."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from services.accounts.code_requests.commands import settle_requests
from services.accounts.identities.models import Account, Membership
from services.accounts.identities.passwords import matches
from services.accounts.identities.queries import memberships_of
from services.accounts.identities.rules import normalized
from services.accounts.register.models import School
from services.accounts.register.queries import people_by_id, schools_by_id
from services.accounts.second_factors.queries import confirmed_factor
from services.accounts.sessions.commands import begin_session, move_session
from services.accounts.sessions.devices import remember_address, remember_device
from services.accounts.sessions.models import SignInSession
from services.accounts.sessions.queries import current_session
from services.accounts.sessions.second_step import Proven, require_code
from services.accounts.sessions.throttle import forget_attempts, login_digest
from services.accounts.sessions.visits import Visit, knock, note_failure
from services.accounts.sign_ins.commands import note
from services.accounts.sign_ins.rules import SignInKind
from services.common.db import Scope, scope_of, set_scope
from services.common.problems import ForbiddenError, NotFoundError, NotSignedInError


@dataclass(frozen=True)
class SignedIn:
    """A new token and for whom it is."""

    token: str
    expires_at: dt.datetime
    account_id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    school: School
    schools: list[School]


def proven_account(visit: Visit, typed: str, password: str, otp: str | None) -> Proven:
    """The account whose password this is, and whose code where it has a second factor.

    Raises NotSignedInError (`wrong-credentials`; `otp-required` and `wrong-otp` once the password was right) and
    TooManyRequestsError.
    """
    login = normalized(typed)
    knocked = knock(visit, login)
    knocked.refuse_while_waiting()
    account = knocked.standing.account
    right = matches(account.password_hash if account else None, password)
    if account is None or not right:
        note_failure(visit, knocked, login, SignInKind.WRONG_PASSWORD)
        raise NotSignedInError("The login or the password is wrong.", code="wrong-credentials")
    with visit.database.transaction(Scope()) as session:
        asked = confirmed_factor(session, account.id) is not None and not knocked.standing.trusted(visit.now)
        if not asked:
            forget_attempts(session, login_digest(login))
    return require_code(visit, knocked, account, otp) if asked else Proven(account.id)


def sign_in(visit: Visit, proven: Proven, school_id: uuid.UUID | None) -> SignedIn:
    """A new session of an account that has proved itself, in the school it names or its first one."""
    account_id, device, now = proven.account_id, visit.device, visit.now
    with visit.database.transaction(Scope(account_id=account_id, request_id=visit.request_id)) as session:
        memberships = memberships_of(session, account_id)
        chosen = _chosen(memberships, school_id)
        token, opened = begin_session(session, account_id, chosen.school_id, device, now)
        if device.key:
            trusted = device.trusted and proven.by_code
            remember_device(session, account_id, device.key_hash, device.name, now, trusted=trusted)
        remember_address(session, account_id, visit.door.address_hash, now)
        note(session, account_id, SignInKind.SIGNED_IN, visit.place, now, chosen.school_id)
        schools = schools_by_id(session, [membership.school_id for membership in memberships])
        set_scope(session, replace(scope_of(session), school_id=chosen.school_id))
        settle_requests(session, [chosen.person_id], now)
        person = people_by_id(session, [chosen.person_id]).get(chosen.person_id)
    return signed_in(token, opened, chosen, person.name if person else "", schools)


def change_school(visit: Visit, token: str, school_id: uuid.UUID) -> SignedIn:
    """A new token for another school of the same account; the old one ends."""
    with visit.database.transaction(Scope(request_id=visit.request_id)) as session:
        opened = current_session(session, token, visit.now)
        set_scope(session, replace(scope_of(session), account_id=opened.account_id))
        memberships = memberships_of(session, opened.account_id)
        chosen = _chosen(memberships, school_id)
        new_token, moved = move_session(session, opened, chosen.school_id, visit.now)
        place = replace(visit.place, device=opened.device_name)
        note(session, opened.account_id, SignInKind.SCHOOL_CHANGED, place, visit.now, chosen.school_id)
        schools = schools_by_id(session, [membership.school_id for membership in memberships])
        set_scope(session, replace(scope_of(session), school_id=chosen.school_id))
        person = people_by_id(session, [chosen.person_id]).get(chosen.person_id)
    return signed_in(new_token, moved, chosen, person.name if person else "", schools)


def signed_in(
    token: str, opened: SignInSession, membership: Membership, name: str, schools: list[School]
) -> SignedIn:
    """The answer to whoever has just come in."""
    school = next(school for school in schools if school.id == membership.school_id)
    return SignedIn(token, opened.idle_until, opened.account_id, membership.person_id, name, school, schools)


def _chosen(memberships: list[Membership], school_id: uuid.UUID | None) -> Membership:
    if not memberships:
        raise ForbiddenError("This account belongs to no school any more.", code="no-school")
    if school_id is None:
        return memberships[0]
    for membership in memberships:
        if membership.school_id == school_id:
            return membership
    raise NotFoundError("No such school.")


def confirmed_account(visit: Visit, account: Account, password: str) -> None:
    """Raises ForbiddenError when this is not the password of the signed-in account."""
    knocked = knock(visit, account.login)
    knocked.refuse_while_waiting()
    if not matches(account.password_hash, password):
        note_failure(visit, knocked, account.login, SignInKind.WRONG_PASSWORD)
        raise ForbiddenError("The password is wrong.", code="wrong-password")
    with visit.database.transaction(Scope()) as session:
        forget_attempts(session, login_digest(account.login))
