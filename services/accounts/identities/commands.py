"""Making accounts and joining them to schools."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.identities.models import Account, Membership
from services.accounts.identities.queries import membership_of_person
from services.accounts.identities.rules import LOGIN_LENGTH, random_text
from services.common.bulk import insert_rows
from services.common.db import new_id
from services.common.problems import ConflictError


def open_accounts(session: Session, count: int) -> dict[uuid.UUID, str]:
    """New accounts with logins of their own and no password yet: login by id."""
    logins: set[str] = set()
    while len(logins) < count:
        drawn = {random_text(LOGIN_LENGTH) for _ in range(count - len(logins))}
        logins |= drawn - set(session.scalars(sa.select(Account.login).where(Account.login.in_(drawn))))
    opened = {new_id(): login for login in sorted(logins)}
    insert_rows(session, Account, [{"id": account_id, "login": login} for account_id, login in opened.items()])
    return opened


def join_school(session: Session, school_id: uuid.UUID, account_id: uuid.UUID, person_id: uuid.UUID) -> Membership:
    """Makes the account that person in the school; one who left comes back to the same membership."""
    membership = membership_of_person(session, person_id)
    if membership is None:
        membership = Membership(
            school_id=school_id, id=new_id(), account_id=account_id, person_id=person_id, ended_at=None
        )
        session.add(membership)
    elif membership.account_id != account_id:
        raise ConflictError("This person has an account already.", code="has-account")
    membership.ended_at = None
    session.flush()
    return membership


def leave_school(session: Session, person_id: uuid.UUID, now: dt.datetime) -> None:
    """From now on no account is that person."""
    membership = membership_of_person(session, person_id)
    if membership is not None and membership.ended_at is None:
        membership.ended_at = now


def drop_empty_account(session: Session, account_id: uuid.UUID) -> None:
    """Removes the account that a slip was to open, once its owner came with one of his own."""
    account = session.get(Account, account_id)
    if account is not None and account.password_hash is None:
        session.delete(account)
