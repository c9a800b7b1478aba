"""Terms in force, acts and the orders of their parts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.retention.models import DestructionAct, DestructionPart, RetentionTerm
from services.accounts.retention.rules import CATEGORIES, Category, years_before, years_of
from services.common.personal_data.destroying import Order
from services.common.problems import NotFoundError


@dataclass(frozen=True)
class Kept:
    """A category with its term in force."""

    category: Category
    years: int
    term: RetentionTerm | None
    """What the school set itself, if it did."""


def schedule(session: Session) -> dict[str, Kept]:
    """Every category, by name, in the order of the table."""
    terms = {row.category: row for row in session.scalars(sa.select(RetentionTerm))}
    return {
        name: Kept(one, years_of(one, terms[name].years if name in terms else None), terms.get(name))
        for name, one in CATEGORIES.items()
    }


def cutoffs(session: Session, now: dt.datetime) -> dict[str, dt.date]:
    """By category: what is older than this day (by UTC, as the services' databases count) is past its term."""
    today = now.astimezone(dt.UTC).date()
    return {name: years_before(today, kept.years) for name, kept in schedule(session).items()}


def acts(session: Session, after: uuid.UUID | None, limit: int) -> Sequence[DestructionAct]:
    """The latest first."""
    query = sa.select(DestructionAct).order_by(DestructionAct.id.desc()).limit(limit)
    return session.scalars(query if after is None else query.where(DestructionAct.id < after)).all()


def act_by_id(session: Session, act_id: uuid.UUID) -> DestructionAct:
    """Raises NotFoundError."""
    found = session.scalar(sa.select(DestructionAct).where(DestructionAct.id == act_id))
    if found is None:
        raise NotFoundError
    return found


def parts_of(session: Session, act_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[DestructionPart]]:
    """By act, in the order of the table of categories."""
    order = {name: place for place, name in enumerate(CATEGORIES)}
    found: dict[uuid.UUID, list[DestructionPart]] = {act_id: [] for act_id in act_ids}
    for row in session.scalars(sa.select(DestructionPart).where(DestructionPart.act_id.in_(act_ids))):
        found[row.act_id].append(row)
    return {act_id: sorted(rows, key=lambda row: order[row.category]) for act_id, rows in found.items()}


def order_for(session: Session, part_id: uuid.UUID, service: str) -> Order:
    """What a service has to destroy. Raises NotFoundError for another's, and before its act is approved."""
    row = session.execute(
        sa.select(DestructionPart, DestructionAct.person_id)
        .join(DestructionAct, DestructionAct.id == DestructionPart.act_id)
        .where(DestructionPart.id == part_id, DestructionAct.approved_at.is_not(None))
    ).one_or_none()
    if row is None or CATEGORIES[row[0].category].service != service:
        raise NotFoundError
    part, person_id = row
    return Order(part.id, part.school_id, part.category, person_id, part.before)


def has_due(session: Session, now: dt.datetime) -> bool:
    """Whether a service has to be told of a part, or told again."""
    due = sa.exists().where(DestructionPart.done_at.is_(None), DestructionPart.ask_at <= now)
    return session.scalar(sa.select(due)) is True
