"""Writing the log of sign-ins."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.identities.models import Account
from services.accounts.sign_ins.models import SignInEvent
from services.accounts.sign_ins.rules import SignInKind
from services.common.db import new_id


@dataclass(frozen=True)
class Place:
    """Where from something was done."""

    device: str = ""
    network: str = ""


def note(
    session: Session,
    account_id: uuid.UUID,
    kind: SignInKind,
    place: Place,
    now: dt.datetime,
    school_id: uuid.UUID | None = None,
) -> None:
    """Adds to the log of an account; with `school_id` it is that school's own affair."""
    note_if_known(session, Account.id == account_id, kind, place, now, school_id)


def note_if_known(
    session: Session,
    whose: sa.ColumnElement[bool],
    kind: SignInKind,
    place: Place,
    now: dt.datetime,
    school_id: uuid.UUID | None = None,
) -> None:
    """As `note`, for the account of which `whose` holds: one statement whether there is such an account or not."""
    row = {
        "id": new_id(),
        "in_school": school_id,
        "kind": str(kind),
        "at": now,
        "device": place.device,
        "network": place.network,
    }
    types = {name: SignInEvent.__table__.c[name].type for name in row}
    values = [sa.cast(sa.literal(value, types[name]), types[name]) for name, value in row.items()]
    found = sa.select(Account.id, *values).where(whose)
    session.execute(sa.insert(SignInEvent).from_select(["account_id", *row], found))
