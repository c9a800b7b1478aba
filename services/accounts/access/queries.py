"""Who has never signed in or asks for a new code, class by class and among the staff."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.accounts.access.rules import LastCode, Stage, answer_due, due_at, stage_of
from services.accounts.code_requests.models import CodeRequest
from services.accounts.code_requests.queries import open_requests
from services.accounts.credentials.models import ActivationCode
from services.accounts.identities.models import Membership
from services.accounts.register.models import Person, School
from services.accounts.register.queries import Place


@dataclass(frozen=True)
class Waiting:
    """Somebody without access."""

    person: Person
    due_at: dt.datetime
    stage: Stage
    expires_at: dt.datetime | None
    """Of the code that is out."""
    overdue: bool


@dataclass
class Count:
    """Of a class or of the staff."""

    waiting: int = 0
    """Never signed in."""
    asking: int = 0
    """Signed in before, and ask for a new code."""
    overdue: int = 0
    without_slip: int = 0
    handed_over: int = 0

    def add(self, one: Waiting) -> None:
        self.overdue += one.overdue
        if one.stage is Stage.ASKS:
            self.asking += 1
            return
        self.waiting += 1
        self.without_slip += one.stage in (Stage.NO_SLIP, Stage.EXPIRED)
        self.handed_over += one.stage is Stage.HANDED_OVER


_HAS_ACCESS = (
    sa.exists()
    .where(Membership.person_id == Person.id, Membership.school_id == Person.school_id, Membership.ended_at.is_(None))
    .correlate(Person)
)
_ASKS = (
    sa.exists()
    .where(
        CodeRequest.person_id == Person.id,
        CodeRequest.school_id == Person.school_id,
        CodeRequest.settled_at.is_(None),
    )
    .correlate(Person)
)


def waiting_people(
    session: Session,
    school: School,
    among: Collection[uuid.UUID] | None,
    now: dt.datetime,
    today: dt.date,
    after: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[Waiting]:
    """In order of id: who (of `among`, else of the whole school) has never signed in or asks for a new code, and has
    not left."""
    query = (
        sa.select(Person)
        .where(
            sa.or_(sa.and_(~_HAS_ACCESS, sa.func.cardinality(Person.kinds) > 0), _ASKS),
            sa.func.coalesce(Person.left_on > today, True),
        )
        .order_by(Person.id)
        .limit(limit)
    )
    if among is not None:
        query = query.where(Person.id.in_(among))
    if after is not None:
        query = query.where(Person.id > after)
    people = list(session.scalars(query))
    ids = [person.id for person in people]
    codes, asked = _last_codes(session, ids), open_requests(session, ids)
    return [
        _asking(person, asked[person.id], now)
        if person.id in asked
        else _waiting(person, codes.get(person.id), school.zone, now)
        for person in people
    ]


def counts_by_class(
    waiting: Iterable[Waiting], found: Mapping[uuid.UUID, Sequence[Place]]
) -> dict[tuple[str, uuid.UUID], Count]:
    """By name and id of each class: who of it waits. Whoever belongs to two classes is counted in both."""
    counts = {(place.class_name, place.class_id): Count() for some in found.values() for place in some}
    for one in waiting:
        for key in {(place.class_name, place.class_id) for place in found.get(one.person.id, [])}:
            counts[key].add(one)
    return counts


def staff_ids(session: Session) -> set[uuid.UUID]:
    return set(session.scalars(sa.select(Person.id).where(Person.kinds.contains(["staff"]))))


def _last_codes(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, LastCode]:
    rows = session.scalars(
        sa.select(ActivationCode)
        .where(ActivationCode.person_id.in_(people))
        .ext(postgresql.distinct_on(ActivationCode.person_id))
        .order_by(ActivationCode.person_id, ActivationCode.id.desc())
    )
    return {
        row.person_id: LastCode(
            row.expires_at, row.tries, row.used_at is not None or row.revoked_at is not None, row.handed_at
        )
        for row in rows
    }


def _asking(person: Person, asked_at: dt.datetime, now: dt.datetime) -> Waiting:
    due = answer_due(asked_at)
    return Waiting(person, due, Stage.ASKS, None, due < now)


def _waiting(person: Person, code: LastCode | None, zone: str, now: dt.datetime) -> Waiting:
    due = due_at(person.kinds, person.known_since, zone)
    stage = stage_of(code, now)
    out = code is not None and stage in (Stage.SLIP, Stage.HANDED_OVER)
    return Waiting(person, due, stage, code.expires_at if code and out else None, due < now)
