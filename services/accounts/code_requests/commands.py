"""Asking for a new code without learning who exists, and settling it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.code_requests.models import CodeRequest
from services.accounts.identities.models import Account, Membership
from services.accounts.identities.rules import normalized
from services.accounts.sessions.throttle import refuse_while_waiting
from services.accounts.sessions.visits import Visit, knock_for_reset
from services.accounts.sign_ins.commands import note_if_known
from services.accounts.sign_ins.rules import SignInKind
from services.common.db import Scope, scope_of, set_scope


def ask_for_code(visit: Visit, typed: str) -> None:
    """Puts the wish before the schools of whoever has this login; the same statements where nobody has it.

    Raises TooManyRequestsError for an address or a login for which it was asked too often.
    """
    login = normalized(typed)
    with visit.database.transaction(Scope(request_id=visit.request_id)) as session:
        attempt = knock_for_reset(session, visit, login)
        if attempt.wait <= dt.timedelta():
            whose = sa.and_(Account.login == login, Account.password_hash.is_not(None))
            account_id = session.scalar(sa.select(Account.id).where(whose))
            # Nobody has proved to be that account: it is shown for its memberships alone, and nothing is answered.
            set_scope(session, replace(scope_of(session), account_id=account_id or uuid.UUID(int=0)))
            asking = sa.select(
                Membership.school_id, Membership.account_id, Membership.person_id, sa.literal(visit.now)
            ).where(Membership.account_id == (account_id or uuid.UUID(int=0)), Membership.ended_at.is_(None))
            session.execute(
                insert(CodeRequest)
                .from_select(["school_id", "account_id", "person_id", "asked_at"], asking)
                .on_conflict_do_nothing()
            )
            note_if_known(session, whose, SignInKind.RESET_ASKED, visit.place, visit.now)
    refuse_while_waiting(attempt.wait)


def settle_requests(session: Session, people: Collection[uuid.UUID], now: dt.datetime) -> None:
    """They are given new codes, or have remembered."""
    session.execute(
        sa.update(CodeRequest)
        .where(CodeRequest.person_id.in_(people), CodeRequest.settled_at.is_(None))
        .values(settled_at=now)
    )
