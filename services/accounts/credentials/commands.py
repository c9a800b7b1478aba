"""Making activation codes and using them up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.code_requests.commands import settle_requests
from services.accounts.credentials.models import ActivationCode
from services.accounts.credentials.queries import pending_accounts
from services.accounts.credentials.rules import VALID
from services.accounts.identities.commands import open_accounts
from services.accounts.identities.queries import accounts_by_id, memberships_of_people
from services.accounts.identities.rules import CODE_LENGTH, random_text
from services.common.bulk import insert_rows
from services.common.db import new_id
from services.common.identity import token_digest


@dataclass(frozen=True)
class NewCode:
    """Shown once; only its hash is kept."""

    person_id: uuid.UUID
    login: str
    code: str
    expires_at: dt.datetime


def issue_codes(
    session: Session, school_id: uuid.UUID, people: Sequence[uuid.UUID], now: dt.datetime
) -> list[NewCode]:
    """A code for each of these people; their earlier unused ones die. Their login stays the same.

    Whoever of them had asked for one has it now.
    """
    settle_requests(session, people, now)
    logins = _accounts_of(session, people)
    without = [person_id for person_id in people if person_id not in logins]
    logins |= dict(zip(without, open_accounts(session, len(without)).items(), strict=True))
    session.execute(
        sa.update(ActivationCode)
        .where(
            ActivationCode.person_id.in_(people),
            ActivationCode.used_at.is_(None),
            ActivationCode.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    codes = {person_id: random_text(CODE_LENGTH) for person_id in people}
    rows = [
        {
            "school_id": school_id,
            "id": new_id(),
            "person_id": person_id,
            "account_id": logins[person_id][0],
            "token_hash": token_digest(code),
            "expires_at": now + VALID,
            "tries": 0,
        }
        for person_id, code in codes.items()
    ]
    insert_rows(session, ActivationCode, rows)
    return [NewCode(person_id, logins[person_id][1], code, now + VALID) for person_id, code in codes.items()]


def _accounts_of(session: Session, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """By person: id and login of the account that is it already, or of the one an earlier code was to open."""
    joined = {person: row.account_id for person, row in memberships_of_people(session, people).items()}
    account_ids = pending_accounts(session, people) | joined
    accounts = accounts_by_id(session, set(account_ids.values()))
    return {
        person: (account_id, accounts[account_id].login)
        for person, account_id in account_ids.items()
        if account_id in accounts
    }
