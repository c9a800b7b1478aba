"""Opening, moving and ending sessions."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.sessions.models import SignInSession
from services.accounts.sessions.rules import SEEN_STEP, idle_time, longest_time
from services.common.db import new_id
from services.common.identity import token_digest


@dataclass(frozen=True)
class Device:
    """What a client says of the device it runs on."""

    name: str = ""
    trusted: bool = False
    key: str = ""
    """A secret that the client made and keeps, by which the device is known again."""
    kind: str = "browser"

    @property
    def key_hash(self) -> str:
        """Empty without a key."""
        return token_digest(self.key) if self.key else ""


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
        device_key_hash=device.key_hash,
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
        device_key_hash=opened.device_key_hash,
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
