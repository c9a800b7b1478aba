"""Setting terms, making acts, approving them and hearing what came of them; the caller commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.consent_forms.queries import operator_of
from services.accounts.duties.pdf import ROLES
from services.accounts.queues import WORK
from services.accounts.register.models import School
from services.accounts.register.queries import people_by_id, person_by_id, today_of
from services.accounts.retention.models import DestructionAct, DestructionPart, RetentionTerm
from services.accounts.retention.queries import cutoffs, order_for, parts_of
from services.accounts.retention.rules import CATEGORIES, Reason, refused
from services.accounts.roles.queries import roles_held
from services.accounts.roles.rules import RoleKind
from services.common.db import new_id
from services.common.problems import ConflictError, NotFoundError, UnprocessableError, wrong
from services.common.work import tell

ASK_AGAIN = dt.timedelta(minutes=2)
"""A service that has not answered for so long is told again."""
EVERYBODY = "субъекты, чьи данные перечисленных категорий хранились дольше установленного срока"


@dataclass(frozen=True)
class NewTerm:
    """What the school decides of a category's term, and by which order of its director."""

    years: int
    order_number: str
    order_date: dt.date


def set_term(
    session: Session, school_id: uuid.UUID, category: str, new: NewTerm, by: uuid.UUID, now: dt.datetime
) -> None:
    """From now on the category is kept for so many years. Raises UnprocessableError below the least term."""
    if new.years < CATEGORIES[category].years:
        raise wrong("/years", f"Law asks for {CATEGORIES[category].years} years at least.", "below-floor")
    values = {**vars(new), "decided_by": by, "decided_at": now}
    session.execute(
        insert(RetentionTerm)
        .values(school_id=school_id, category=category, **values)
        .on_conflict_do_update(index_elements=["school_id", "category"], set_=values)
    )


@dataclass(frozen=True)
class NewAct:
    """What is to be destroyed: whatever of these categories is past its term; or, for one person, all of it."""

    categories: Sequence[str]
    """Names in `rules.CATEGORIES`, each once."""
    person_id: uuid.UUID | None = None
    reason: Reason = Reason.TERM
    """TERM without a person, another with one."""
    processor: str = ""
    """Name and address of who handles the data for the school by contract; empty where nobody does."""


def make_act(session: Session, school_id: uuid.UUID, new: NewAct, by: uuid.UUID, now: dt.datetime) -> DestructionAct:
    """A draft that nothing follows from before it is approved.

    For a request of a person: `make_act(session, school_id, NewAct(categories, person_id, Reason.DEMAND), by, now)`
    with those of `rules.CATEGORIES` that are `erasable`. Raises UnprocessableError (`kept-by-law`) for a category
    that is not, NotFoundError for a person whom nobody knows.
    """
    kept = refused(new.categories, of_person=new.person_id is not None)
    if kept:
        raise UnprocessableError(
            errors=[
                {"pointer": f"/categories/{place}", "message": why, "code": "kept-by-law"}
                for place, why in kept.items()
            ]
        )
    # One act after another: each takes the next number.
    session.execute(sa.select(School.id).where(School.id == school_id).with_for_update(key_share=True))
    last = session.scalar(sa.select(sa.func.max(DestructionAct.number)))
    act = DestructionAct(
        school_id=school_id,
        id=new_id(),
        number=(last or 0) + 1,
        reason=new.reason,
        person_id=new.person_id,
        subject=EVERYBODY if new.person_id is None else person_by_id(session, new.person_id).name,
        processor=new.processor,
        made_at=now,
        made_by=by,
        maker=name_and_office(session, school_id, by, now),
    )
    session.add(act)
    session.flush()
    until = cutoffs(session, now)
    session.add_all(
        DestructionPart(
            school_id=school_id,
            id=new_id(),
            act_id=act.id,
            category=category,
            before=until[category] if new.person_id is None else None,
        )
        for category in new.categories
    )
    session.flush()
    return act


def approve(session: Session, act: DestructionAct, by: uuid.UUID, now: dt.datetime) -> None:
    """The services are told once this commits; approved again it stays as it is.

    Raises ConflictError for a cancelled act, without the school's name and address, and when a term was made longer
    after the act was made.
    """
    if act.cancelled_at is not None:
        raise ConflictError("This act was cancelled.", code="cancelled")
    if act.approved_at is not None:
        return
    operator = operator_of(session)
    if operator is None:
        raise ConflictError("Say first how the school's papers name it.", code="operator-missing")
    until, parts = cutoffs(session, now), parts_of(session, [act.id])[act.id]
    if any(part.before is not None and part.before > until[part.category] for part in parts):
        raise ConflictError("A term is longer now than when this act was made.", code="term-changed")
    act.approved_at, act.approved_by = now, by
    act.approver = name_and_office(session, act.school_id, by, now)
    act.operator_name, act.operator_address = operator.name, operator.address
    for part in parts:
        part.ask_at = now
    session.flush()
    tell(session, WORK)


def cancel(session: Session, act: DestructionAct, by: uuid.UUID, now: dt.datetime) -> None:
    """Nothing follows from the draft; cancelled again it stays as it is. Raises ConflictError once it is approved."""
    if act.approved_at is not None:
        raise ConflictError("This act was approved: it is being carried out.", code="approved")
    if act.cancelled_at is None:
        act.cancelled_at, act.cancelled_by = now, by
        session.flush()


def locked_act(session: Session, act_id: uuid.UUID) -> DestructionAct:
    """The act, for one writer at a time. Raises NotFoundError."""
    found = session.scalar(sa.select(DestructionAct).where(DestructionAct.id == act_id).with_for_update())
    if found is None:
        raise NotFoundError
    return found


@dataclass(frozen=True)
class Asked:
    """A part that its service is told of now."""

    id: uuid.UUID
    service: str


def parts_due(session: Session, now: dt.datetime) -> list[Asked]:
    """Parts that their services have to be told of; each comes again until it is answered."""
    rows = session.scalars(
        sa.select(DestructionPart)
        .where(DestructionPart.done_at.is_(None), DestructionPart.ask_at <= now)
        .order_by(DestructionPart.id)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.ask_at = now + ASK_AGAIN
    session.flush()
    return [Asked(row.id, CATEGORIES[row.category].service) for row in rows]


def part_done(session: Session, part_id: uuid.UUID, service: str, destroyed: int, now: dt.datetime) -> None:
    """A service has destroyed so many rows; its first answer stays. Raises NotFoundError as `order_for` does."""
    order_for(session, part_id, service)
    act_id = session.execute(sa.select(DestructionPart.act_id).where(DestructionPart.id == part_id)).scalar_one()
    act = locked_act(session, act_id)  # of two last answers at once one sees the other
    parts = parts_of(session, [act.id])[act.id]
    for part in parts:
        if part.id == part_id and part.done_at is None:
            part.destroyed, part.done_at = destroyed, now
    if act.done_at is None and all(part.done_at is not None for part in parts):
        act.done_at = now
    session.flush()


def name_and_office(session: Session, school_id: uuid.UUID, person_id: uuid.UUID, now: dt.datetime) -> str:
    """As papers name somebody who acts for the school: the name and the offices held that day."""
    person = people_by_id(session, [person_id]).get(person_id)
    held = roles_held(session, person_id, today_of(session, school_id, now))
    offices = dict.fromkeys(ROLES[RoleKind(role.kind)] for role in held)
    return ", ".join(filter(None, [person.name if person else "", *offices]))
