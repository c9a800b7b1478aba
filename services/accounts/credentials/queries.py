"""Codes by what proves them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.credentials.models import ActivationCode
from services.accounts.credentials.rules import TRIES


def opens(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What holds of a code that still opens something: neither used nor revoked, too old or tried too often."""
    return (
        ActivationCode.used_at.is_(None),
        ActivationCode.revoked_at.is_(None),
        ActivationCode.expires_at > now,
        ActivationCode.tries < TRIES,
    )


def usable_code(session: Session, token_hash: str, now: dt.datetime) -> ActivationCode | None:
    """The code of this hash, if it opens anything.

    The transaction shows the hash as `app.token_hash`: the school is known only from the answer.
    """
    return session.scalar(sa.select(ActivationCode).where(ActivationCode.token_hash == token_hash, *opens(now)))


def locked_code(session: Session, code_id: uuid.UUID) -> ActivationCode:
    return session.scalars(
        sa.select(ActivationCode)
        .where(ActivationCode.id == code_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def slips_used(
    session: Session, people: Collection[uuid.UUID], since: dt.datetime
) -> list[tuple[uuid.UUID, dt.datetime]]:
    """Who of these people came in by a slip since then, and when: the last time of each, the latest first."""
    used_at = sa.func.max(ActivationCode.used_at)
    rows = session.execute(
        sa.select(ActivationCode.person_id, used_at)
        .where(ActivationCode.person_id.in_(people), ActivationCode.used_at >= since)
        .group_by(ActivationCode.person_id)
        .order_by(used_at.desc(), ActivationCode.person_id)
    )
    return [(person_id, moment) for person_id, moment in rows if moment is not None]


def pending_accounts(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """By person, the account that the latest code is to open."""
    rows = session.execute(
        sa.select(ActivationCode.person_id, ActivationCode.account_id)
        .where(ActivationCode.person_id.in_(people))
        .order_by(ActivationCode.id)
    )
    return {row.person_id: row.account_id for row in rows}
