"""Open sessions."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.sessions.models import SignInSession
from services.common.identity import token_digest
from services.common.problems import NotFoundError, NotSignedInError


def open_session(session: Session, token: str, now: dt.datetime) -> SignInSession | None:
    """The session of a token, unless it has ended one way or another."""
    return session.scalar(
        sa.select(SignInSession).where(
            SignInSession.token_hash == token_digest(token),
            SignInSession.ended_at.is_(None),
            SignInSession.idle_until > now,
            SignInSession.ends_at > now,
        )
    )


def current_session(session: Session, token: str, now: dt.datetime) -> SignInSession:
    """The session of the bearer's token. Raises NotSignedInError."""
    found = open_session(session, token, now)
    if found is None:
        raise NotSignedInError
    return found


def open_sessions(session: Session, account_id: uuid.UUID, now: dt.datetime) -> list[SignInSession]:
    """Where an account is signed in."""
    return list(
        session.scalars(
            sa.select(SignInSession)
            .where(
                SignInSession.account_id == account_id,
                SignInSession.ended_at.is_(None),
                SignInSession.idle_until > now,
                SignInSession.ends_at > now,
            )
            .order_by(SignInSession.id)
        )
    )


def session_of_account(session: Session, session_id: uuid.UUID, account_id: uuid.UUID) -> SignInSession:
    """One of the account's own sessions. Raises NotFoundError."""
    found = session.get(SignInSession, session_id)
    if found is None or found.account_id != account_id:
        raise NotFoundError
    return found
