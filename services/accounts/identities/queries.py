"""Who signs in with which login, and who that is in a school."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.identities.models import Account, Membership


def account_by_login(session: Session, login: str) -> Account | None:
    return session.scalar(sa.select(Account).where(Account.login == login))


def account_by_id(session: Session, account_id: uuid.UUID) -> Account:
    return session.get_one(Account, account_id)


def memberships_of(session: Session, account_id: uuid.UUID) -> list[Membership]:
    """The schools this account is somebody in today. Across schools only under the account's own proof."""
    return list(
        session.scalars(
            sa.select(Membership)
            .where(Membership.account_id == account_id, Membership.ended_at.is_(None))
            .order_by(Membership.created_at, Membership.id)
        )
    )


def membership_of_person(session: Session, person_id: uuid.UUID) -> Membership | None:
    """Of the transaction's school, ended or not."""
    return session.scalar(sa.select(Membership).where(Membership.person_id == person_id))


def memberships_of_people(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, Membership]:
    rows = session.scalars(sa.select(Membership).where(Membership.person_id.in_(people)))
    return {row.person_id: row for row in rows}


def accounts_by_id(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Account]:
    return {row.id: row for row in session.scalars(sa.select(Account).where(Account.id.in_(ids)))}
