"""Opening, moving and ending sessions; counting attempts."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.sessions.models import KnownDevice, SignInAttempt, SignInSession
from services.accounts.sessions.queries import wait_for_address, wait_for_login
from services.accounts.sessions.rules import (
    COUNTED,
    DEVICE_FAILURES,
    SEEN_STEP,
    idle_time,
    longest_time,
)
from services.common.db import new_id
from services.common.identity import token_digest
from services.common.problems import TooManyRequestsError


@dataclass(frozen=True)
class Device:
    """What a client says of the device it runs on."""

    name: str = ""
    trusted: bool = False
    key: str = ""
    """A secret that the client made and keeps, by which the device is known again."""
    kind: str = "browser"


@dataclass(frozen=True)
class Attempt:
    """One try at a password, already counted as failed."""

    id: uuid.UUID
    wait: dt.timedelta
    """How long the login should have waited; only a known device is spared it."""


def begin_session(
    session: Session, account_id: uuid.UUID, school_id: uuid.UUID, device: Device, now: dt.datetime
) -> tuple[str, SignInSession]:
    """The new token, which is stored nowhere, and its session."""
    token = f"zh_{secrets.token_urlsafe(32)}"
    ends_at = now + longest_time(device.trusted)
    opened = SignInSession(
        id=new_id(),
        token_hash=token_digest(token),
        kind=device.kind,
        account_id=account_id,
        current_school=school_id,
        device_name=device.name,
        trusted=device.trusted,
        created_at=now,
        last_seen_at=now,
        confirmed_at=now,
        idle_until=min(now + idle_time(device.trusted), ends_at),
        ends_at=ends_at,
        ended_at=None,
    )
    session.add(opened)
    session.execute(
        sa.delete(SignInSession).where(
            SignInSession.account_id == account_id, SignInSession.ends_at < now - dt.timedelta(days=30)
        )
    )
    session.flush()
    return token, opened


def keep_alive(session: Session, opened: SignInSession, now: dt.datetime) -> None:
    """Moves the idle end, at most once a minute."""
    if now - opened.last_seen_at < SEEN_STEP:
        return
    opened.last_seen_at = now
    opened.idle_until = min(now + idle_time(opened.trusted), opened.ends_at)
    session.flush()


def move_session(
    session: Session, opened: SignInSession, school_id: uuid.UUID, now: dt.datetime
) -> tuple[str, SignInSession]:
    """A new token for the same device in another school; the old one ends."""
    opened.ended_at = now
    token = f"zh_{secrets.token_urlsafe(32)}"
    moved = SignInSession(
        id=new_id(),
        token_hash=token_digest(token),
        kind=opened.kind,
        account_id=opened.account_id,
        current_school=school_id,
        device_name=opened.device_name,
        trusted=opened.trusted,
        created_at=now,
        last_seen_at=now,
        confirmed_at=opened.confirmed_at,
        idle_until=min(now + idle_time(opened.trusted), opened.ends_at),
        ends_at=opened.ends_at,
        ended_at=None,
    )
    session.add(moved)
    session.flush()
    return token, moved


def end_session(opened: SignInSession, now: dt.datetime) -> None:
    """Signs out; a session that has ended already stays as it is."""
    opened.ended_at = opened.ended_at or now


def end_sessions(
    session: Session,
    account_id: uuid.UUID,
    now: dt.datetime,
    school_id: uuid.UUID | None = None,
    but: uuid.UUID | None = None,
) -> None:
    """Ends the account's sessions, those of one school if it is named, except one."""
    ending = sa.update(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    if school_id is not None:
        ending = ending.where(SignInSession.current_school == school_id)
    if but is not None:
        ending = ending.where(SignInSession.id != but)
    session.execute(ending.values(ended_at=now))


def count_attempt(session: Session, login_hash: str, address_hash: str, now: dt.datetime) -> Attempt:
    """Counts a try before the password is looked at, so that tries at once cannot slip through together.

    Raises TooManyRequestsError for an address that tried too often; a login's own wait is in the answer.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(login_hash, 0))))
    session.execute(
        sa.delete(SignInAttempt).where(SignInAttempt.login_hash == login_hash, SignInAttempt.at < now - COUNTED)
    )
    refuse_while_waiting(wait_for_address(session, address_hash, now))
    wait = wait_for_login(session, login_hash, now)
    attempt = SignInAttempt(id=new_id(), login_hash=login_hash, address_hash=address_hash, at=now)
    if wait <= dt.timedelta():
        # One who tries while he must wait does not prolong it: a stranger could lock the owner out.
        session.add(attempt)
        session.flush()
    return Attempt(attempt.id, wait)


def refuse_while_waiting(wait: dt.timedelta) -> None:
    """Raises TooManyRequestsError while there is something to wait for."""
    if wait > dt.timedelta():
        raise TooManyRequestsError("Too many attempts.", retry_after=math.ceil(wait.total_seconds()), code="wait")


def forget_attempts(session: Session, login_hash: str) -> None:
    """A right password makes the login's failures history."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.login_hash == login_hash))


def remember_device(session: Session, account_id: uuid.UUID, key: str, now: dt.datetime) -> None:
    """From now on this device is known to the account."""
    if key:
        session.merge(KnownDevice(account_id=account_id, key_hash=token_digest(key), failures=0, last_used_at=now))


def doubt_device(session: Session, device: KnownDevice) -> None:
    """A wrong password from a known device: after ten of them it is a stranger again."""
    device.failures += 1
    if device.failures >= DEVICE_FAILURES:
        session.delete(device)


def login_digest(login: str) -> str:
    """Under what a login's attempts are counted: what was typed may be a password in the wrong box."""
    return hashlib.sha256(f"login:{login}".encode()).hexdigest()
