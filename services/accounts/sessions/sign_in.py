"""Signing in: three short transactions, and the slow look at the password between them, outside of any."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from dataclasses import dataclass, replace

from services.accounts.identities.models import Account, Membership
from services.accounts.identities.passwords import matches
from services.accounts.identities.queries import account_by_id, account_by_login, memberships_of
from services.accounts.identities.rules import normalized
from services.accounts.register.models import School
from services.accounts.register.queries import people_by_id, schools_by_id
from services.accounts.sessions.commands import (
    Device,
    begin_session,
    count_attempt,
    doubt_device,
    forget_attempts,
    login_digest,
    move_session,
    refuse_while_waiting,
    remember_device,
)
from services.accounts.sessions.models import SignInSession
from services.accounts.sessions.queries import current_session, known_device
from services.accounts.sessions.rules import network_of
from services.common.db import Database, Scope, scope_of, set_scope
from services.common.identity import token_digest
from services.common.problems import ForbiddenError, NotFoundError, NotSignedInError


@dataclass(frozen=True)
class Door:
    """Where somebody knocks: what the throttle counts by."""

    address: str
    secret: str
    """Of this installation: a bare hash of an address is read back in no time."""

    @property
    def address_hash(self) -> str:
        return hmac.digest(self.secret.encode(), network_of(self.address).encode(), "sha256").hex()


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


def proven_account(
    database: Database, login: str, password: str, device: Device, door: Door, now: dt.datetime
) -> Account:
    """The account whose password this is. Raises NotSignedInError and TooManyRequestsError."""
    login = normalized(login)
    digest = login_digest(login)
    with database.transaction(Scope()) as session:
        attempt = count_attempt(session, digest, door.address_hash, now)
        account = account_by_login(session, login)
        key_hash = token_digest(device.key)
        known = bool(account and device.key and known_device(session, account.id, key_hash))
    if not known:
        refuse_while_waiting(attempt.wait)
    right = matches(account.password_hash if account else None, password)
    with database.transaction(Scope()) as session:
        if right:
            forget_attempts(session, digest)
        elif account and known and (row := known_device(session, account.id, key_hash)):
            doubt_device(session, row)
    if account is None or not right:
        refuse_while_waiting(attempt.wait)
        raise NotSignedInError("The login or the password is wrong.", code="wrong-credentials")
    return account


def sign_in(
    database: Database,
    account_id: uuid.UUID,
    school_id: uuid.UUID | None,
    device: Device,
    now: dt.datetime,
    request_id: str,
) -> SignedIn:
    """A new session of an account that has proved itself, in the school it names or its first one."""
    with database.transaction(Scope(account_id=account_id, request_id=request_id)) as session:
        memberships = memberships_of(session, account_id)
        chosen = _chosen(memberships, school_id)
        token, opened = begin_session(session, account_id, chosen.school_id, device, now)
        remember_device(session, account_id, device.key, now)
        schools = schools_by_id(session, [membership.school_id for membership in memberships])
        set_scope(session, replace(scope_of(session), school_id=chosen.school_id))
        person = people_by_id(session, [chosen.person_id]).get(chosen.person_id)
    return signed_in(token, opened, chosen, person.name if person else "", schools)


def change_school(
    database: Database, token: str, school_id: uuid.UUID, now: dt.datetime, request_id: str
) -> SignedIn:
    """A new token for another school of the same account; the old one ends."""
    with database.transaction(Scope(request_id=request_id)) as session:
        opened = current_session(session, token, now)
        set_scope(session, replace(scope_of(session), account_id=opened.account_id))
        memberships = memberships_of(session, opened.account_id)
        chosen = _chosen(memberships, school_id)
        new_token, moved = move_session(session, opened, chosen.school_id, now)
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


def confirmed_account(database: Database, account_id: uuid.UUID, password: str, door: Door, now: dt.datetime) -> None:
    """Raises ForbiddenError when this is not the password of the signed-in account."""
    with database.transaction(Scope()) as session:
        account = account_by_id(session, account_id)
        digest = login_digest(account.login)
        attempt = count_attempt(session, digest, door.address_hash, now)
    refuse_while_waiting(attempt.wait)
    if not matches(account.password_hash, password):
        raise ForbiddenError("The password is wrong.", code="wrong-password")
    with database.transaction(Scope()) as session:
        forget_attempts(session, digest)
