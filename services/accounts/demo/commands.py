"""Lets a chosen few into the demonstration school and records what families decided, in sets."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consent_forms.queries import forms_in_force
from services.accounts.consents.models import Consent
from services.accounts.consents.rules import Purpose
from services.accounts.consents.signing import last_day
from services.accounts.credentials.models import ActivationCode
from services.accounts.credentials.queries import pending_accounts
from services.accounts.identities.commands import join_school
from services.accounts.identities.models import Account
from services.accounts.identities.passwords import hash_password
from services.accounts.identities.queries import account_by_id, membership_of_person
from services.accounts.register.models import School
from services.accounts.roles.commands import NewRole, give_role
from services.accounts.roles.rules import RoleKind
from services.common.bulk import insert_rows
from services.common.db import new_id, scope_of


@dataclass(frozen=True)
class Door:
    """Who gets in, by what login and password, and the role of the institution that goes with it."""

    person_id: uuid.UUID
    login: str
    password: str
    role: RoleKind | None = None


@dataclass(frozen=True)
class Decided:
    """What a signer decided on paper, by purpose; what he did not decide is not there."""

    student_id: uuid.UUID
    signer_id: uuid.UUID
    given: Mapping[Purpose, bool]


def schools(session: Session) -> Sequence[School]:
    """Whatever schools there are."""
    return session.scalars(sa.select(School)).all()


def is_admitted(session: Session, person_id: uuid.UUID) -> bool:
    """Whether the person has an account that was opened."""
    return membership_of_person(session, person_id) is not None


def admit(session: Session, school_id: uuid.UUID, doors: Sequence[Door], from_on: dt.date, now: dt.datetime) -> None:
    """Accounts, memberships and roles. The founder's role stands already and his code is used up."""
    waiting = pending_accounts(session, [door.person_id for door in doors])
    for door in doors:
        if door.person_id in waiting:
            account = account_by_id(session, waiting[door.person_id])
            session.execute(
                sa.update(ActivationCode).where(ActivationCode.person_id == door.person_id).values(used_at=now)
            )
        else:
            account = Account(id=new_id())
            session.add(account)
        account.login, account.password_hash = door.login, hash_password(door.password)
        session.flush()
        join_school(session, school_id, account.id, door.person_id)
        if door.role is not None:
            give_role(session, school_id, NewRole(door.person_id, door.role, from_on))


def record_decisions(
    session: Session, decided: Sequence[Decided], signed_on: dt.date, recorded_by: uuid.UUID, now: dt.datetime
) -> int:
    """Each decision on the form of its day, as the office records it from paper; how many rows."""
    forms = forms_in_force(session, signed_on)
    rows = [
        {
            "school_id": scope_of(session).school_id,
            "id": new_id(),
            "student_id": one.student_id,
            "guardian_id": one.signer_id,
            "purpose": str(purpose),
            "decision": "given" if given else "refused",
            "signed_on": signed_on,
            "until": last_day(forms[purpose], None, signed_on) if given else None,
            "form_id": forms[purpose].id,
            "document": "",
            "source": "office",
            "recorded_by": recorded_by,
            "recorded_at": now,
            "counts": True,
        }
        for one in decided
        for purpose, given in one.given.items()
    ]
    return insert_rows(session, Consent, rows)
