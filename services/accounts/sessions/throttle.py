"""Counting tries at passwords and codes, and what they have to wait for."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.identities.models import Account
from services.accounts.sessions.models import KnownAddress, KnownDevice, SignInAttempt
from services.accounts.sessions.rules import (
    ADDRESS_KNOWN,
    ADDRESS_LOGINS,
    ADDRESS_WINDOW,
    COUNTED,
    DEVICE_FAILURES,
    address_delay,
    delay_after,
)
from services.common.db import new_id
from services.common.problems import TooManyRequestsError


@dataclass(frozen=True)
class Attempt:
    """One try, already counted as failed."""

    id: uuid.UUID
    wait: dt.timedelta
    """How long it should have waited; only a known device is spared it."""


@dataclass(frozen=True)
class Standing:
    """What is known of who knocks, read at once: an unknown login costs the same question."""

    account: Account | None = None
    device: KnownDevice | None = None
    """The device, if it signed in before and is no stranger again."""
    familiar: bool = False
    """Whether the account has signed in at this address."""

    @property
    def known(self) -> bool:
        return self.device is not None

    def trusted(self, now: dt.datetime) -> bool:
        """Whether the device is not asked for the second factor."""
        until = self.device.trusted_until if self.device else None
        return until is not None and until > now


def standing_at_door(
    session: Session, whose: sa.ColumnElement[bool], key_hash: str, address_hash: str, now: dt.datetime
) -> Standing:
    """Of the account of which `whose` holds."""
    row = session.execute(
        sa.select(Account, KnownDevice, KnownAddress.account_id.is_not(None))
        .outerjoin(
            KnownDevice,
            sa.and_(
                KnownDevice.account_id == Account.id,
                KnownDevice.key_hash == key_hash,
                KnownDevice.failures < DEVICE_FAILURES,
            ),
        )
        .outerjoin(
            KnownAddress,
            sa.and_(
                KnownAddress.account_id == Account.id,
                KnownAddress.address_hash == address_hash,
                KnownAddress.last_used_at > now - ADDRESS_KNOWN,
            ),
        )
        .where(whose)
    ).one_or_none()
    return Standing(*row) if row else Standing()


def count_attempt(
    session: Session,
    login_hash: str,
    address_hash: str,
    now: dt.datetime,
    *,
    familiar: bool = False,
    most: int = ADDRESS_LOGINS,
) -> Attempt:
    """Counts a try before the password is looked at, so that tries at once cannot slip through together.

    `familiar`: the account's own address, which then neither counts the try nor holds it back.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(login_hash, 0))))
    session.execute(
        sa.delete(SignInAttempt).where(SignInAttempt.login_hash == login_hash, SignInAttempt.at < now - COUNTED)
    )
    of_address = _wait_for_address(session, address_hash, now, most)
    wait = max(_wait_for_login(session, login_hash, now), dt.timedelta() if familiar else of_address)
    attempt = SignInAttempt(
        id=new_id(), login_hash=login_hash, address_hash=address_hash, at=now, familiar=familiar, wait_told=False
    )
    if wait <= dt.timedelta():
        # One who tries while he must wait does not prolong it: a stranger could lock the owner out.
        session.add(attempt)
        session.flush()
    return Attempt(attempt.id, wait)


def _wait_for_login(session: Session, login_hash: str, now: dt.datetime) -> dt.timedelta:
    failures, last = session.execute(
        sa.select(sa.func.count(), sa.func.max(SignInAttempt.at)).where(
            SignInAttempt.login_hash == login_hash, SignInAttempt.at > now - COUNTED
        )
    ).one()
    return last + delay_after(failures) - now if failures else dt.timedelta()


def _wait_for_address(session: Session, address_hash: str, now: dt.datetime, most: int) -> dt.timedelta:
    failed = session.scalars(
        sa.select(sa.func.max(SignInAttempt.at).label("last"))
        .where(
            SignInAttempt.address_hash == address_hash,
            SignInAttempt.at > now - ADDRESS_WINDOW,
            ~SignInAttempt.familiar,
        )
        .group_by(SignInAttempt.login_hash)
        .order_by(sa.desc("last"))
        .limit(most)
    )
    return address_delay(failed, now, most)


def refuse_while_waiting(wait: dt.timedelta) -> None:
    """Raises TooManyRequestsError while there is something to wait for."""
    if wait > dt.timedelta():
        raise TooManyRequestsError("Too many attempts.", retry_after=math.ceil(wait.total_seconds()), code="wait")


def begins_to_wait(session: Session, login_hash: str) -> bool:
    """Whether nobody was told yet that this login has to wait; now somebody is."""
    last = (
        sa.select(SignInAttempt.id)
        .where(SignInAttempt.login_hash == login_hash)
        .order_by(SignInAttempt.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = sa.update(SignInAttempt).where(SignInAttempt.id == last, ~SignInAttempt.wait_told).values(wait_told=True)
    return session.execute(told.returning(SignInAttempt.id)).first() is not None


def take_back(session: Session, attempt: Attempt) -> None:
    """It was no failure; what was counted before it stays."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.id == attempt.id))


def forget_attempts(session: Session, login_hash: str) -> None:
    """Who came in makes the login's failures history."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.login_hash == login_hash))


def login_digest(login: str) -> str:
    """Under what a login's attempts are counted: what was typed may be a password in the wrong box."""
    return hashlib.sha256(f"login:{login}".encode()).hexdigest()
