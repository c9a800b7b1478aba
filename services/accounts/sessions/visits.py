"""Somebody at the door: from where, on which device, when."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.identities.models import Account
from services.accounts.sessions.commands import Device
from services.accounts.sessions.devices import doubt_device
from services.accounts.sessions.rules import ADDRESS_CODES, ADDRESS_RESETS, network_of
from services.accounts.sessions.throttle import (
    Attempt,
    Standing,
    begins_to_wait,
    count_attempt,
    login_digest,
    refuse_while_waiting,
    standing_at_door,
)
from services.accounts.sign_ins.commands import Place, note_if_known
from services.accounts.sign_ins.rules import SignInKind, coarse_network
from services.common.db import Database, Scope
from services.common.vault import Vault


@dataclass(frozen=True)
class Door:
    """Where somebody knocks: what the throttle counts by."""

    address: str
    secret: str
    """Of this installation: a bare hash of an address is read back in no time."""

    @property
    def address_hash(self) -> str:
        return self._hash(network_of(self.address))

    @property
    def code_hash(self) -> str:
        """For codes from slips, which are counted apart from passwords."""
        return self._hash(f"code:{network_of(self.address)}")

    @property
    def reset_hash(self) -> str:
        """For those who ask for a new code."""
        return self._hash(f"reset:{network_of(self.address)}")

    def _hash(self, text: str) -> str:
        return hmac.digest(self.secret.encode(), text.encode(), "sha256").hex()


@dataclass(frozen=True)
class Visit:
    """One who knocks, and what is needed to let him in."""

    database: Database
    vault: Vault
    door: Door
    now: dt.datetime
    request_id: str = ""
    device: Device = field(default_factory=Device)

    @property
    def place(self) -> Place:
        """As the log of sign-ins has it."""
        return Place(self.device.name, coarse_network(self.door.address))


@dataclass(frozen=True)
class Knock:
    """A counted try and who is known to stand there."""

    attempt: Attempt
    standing: Standing

    def refuse_while_waiting(self) -> None:
        """Raises TooManyRequestsError, but for a known device: its owner is never kept out by strangers."""
        if not self.standing.known:
            refuse_while_waiting(self.attempt.wait)


def knock(visit: Visit, login: str) -> Knock:
    """Counts a try at the login, in a transaction of its own; the same statements whether there is such a login."""
    digest = login_digest(login)
    with visit.database.transaction(Scope()) as session:
        standing = standing_at_door(
            session, Account.login == login, visit.device.key_hash, visit.door.address_hash, visit.now
        )
        attempt = count_attempt(session, digest, visit.door.address_hash, visit.now, familiar=standing.familiar)
        if attempt.wait > dt.timedelta() and not standing.known and begins_to_wait(session, digest):
            note_if_known(session, _in_use(login), SignInKind.DELAYED, visit.place, visit.now)
    return Knock(attempt, standing)


def knock_with_code(session: Session, visit: Visit, digest: str) -> Attempt:
    """Counts a try at a code from a slip."""
    return count_attempt(session, login_digest(f"code:{digest}"), visit.door.code_hash, visit.now, most=ADDRESS_CODES)


def knock_for_reset(session: Session, visit: Visit, login: str) -> Attempt:
    """Counts one who asks for a new code."""
    digest = login_digest(f"reset:{login}")
    return count_attempt(session, digest, visit.door.reset_hash, visit.now, most=ADDRESS_RESETS)


def _in_use(login: str) -> sa.ColumnElement[bool]:
    """Holds of the account of a login, once somebody has opened it: before that nothing may hang on it."""
    return sa.and_(Account.login == login, Account.password_hash.is_not(None))


def note_failure(visit: Visit, knocked: Knock, login: str, kind: SignInKind) -> None:
    """The same statements for every login, and no wait for the disk at their end: of a login that nobody has there is
    nothing to write, and the time would tell. Raises TooManyRequestsError where only a right one was spared the wait.
    """
    account = knocked.standing.account
    with visit.database.transaction(Scope()) as session:
        session.execute(sa.select(sa.func.set_config("synchronous_commit", "off", True)))
        if visit.device.key:
            doubt_device(session, account.id if account else uuid.UUID(int=0), visit.device.key_hash)
        note_if_known(session, _in_use(login), kind, visit.place, visit.now)
    refuse_while_waiting(knocked.attempt.wait)
