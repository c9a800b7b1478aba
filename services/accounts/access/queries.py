"""Who has never signed in, class by class and among the staff."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.accounts.access.rules import Slip, Stage, due_at, stage_of
from services.accounts.credentials.models import ActivationCode
from services.accounts.identities.models import Membership
from services.accounts.register.models import Enrollment, Guardianship, Person, School
from services.accounts.register.queries import people_by_id


@dataclass(frozen=True)
class Waiting:
    """Somebody without access."""

    person: Person
    due_at: dt.datetime
    stage: Stage
    expires_at: dt.datetime | None
    """Of the code that is out."""
    overdue: bool


@dataclass(frozen=True)
class Place:
    """Where somebody belongs: a class, and as whose guardian; the pupil himself has no other."""

    class_id: uuid.UUID
    class_name: str
    student_id: uuid.UUID


@dataclass
class Count:
    """Of a class or of the staff."""

    waiting: int = 0
    overdue: int = 0
    without_slip: int = 0
    handed_over: int = 0

    def add(self, one: Waiting) -> None:
        self.waiting += 1
        self.overdue += one.overdue
        self.without_slip += one.stage in (Stage.NO_SLIP, Stage.EXPIRED)
        self.handed_over += one.stage is Stage.HANDED_OVER


_HAS_ACCESS = (
    sa.exists()
    .where(Membership.person_id == Person.id, Membership.school_id == Person.school_id, Membership.ended_at.is_(None))
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
    """In order of id: those (of `among`, else of the whole school) who have never signed in and have not left."""
    query = (
        sa.select(Person)
        .where(~_HAS_ACCESS, sa.func.cardinality(Person.kinds) > 0, sa.func.coalesce(Person.left_on > today, True))
        .order_by(Person.id)
        .limit(limit)
    )
    if among is not None:
        query = query.where(Person.id.in_(among))
    if after is not None:
        query = query.where(Person.id > after)
    people = list(session.scalars(query))
    slips = _last_slips(session, [person.id for person in people])
    return [_waiting(person, slips.get(person.id), school.zone, now) for person in people]


def staff_ids(session: Session) -> set[uuid.UUID]:
    return set(session.scalars(sa.select(Person.id).where(Person.kinds.contains(["staff"]))))


def places(session: Session, today: dt.date, class_id: uuid.UUID | None = None) -> dict[uuid.UUID, list[Place]]:
    """By person: the classes of today (one of them, if it is named) of pupils and of those who look after them; whose
    guardianship a court has restricted is left out."""
    pupils = sa.select(Enrollment.class_id, Enrollment.class_name, Enrollment.student_id).where(
        Enrollment.from_on <= today, sa.func.coalesce(Enrollment.to_on > today, True)
    )
    if class_id is not None:
        pupils = pupils.where(Enrollment.class_id == class_id)
    found: dict[uuid.UUID, list[Place]] = defaultdict(list)
    by_student: dict[uuid.UUID, list[Place]] = defaultdict(list)
    for row in session.execute(pupils):
        place = Place(*row)
        by_student[place.student_id].append(place)
        found[place.student_id].append(place)
    links = sa.select(Guardianship.guardian_id, Guardianship.student_id).where(
        Guardianship.from_on <= today, sa.func.coalesce(Guardianship.to_on > today, True), ~Guardianship.restricted
    )
    if class_id is not None:
        links = links.where(Guardianship.student_id.in_(by_student))
    for guardian, student in session.execute(links):
        found[guardian] += by_student.get(student, [])
    return found


def names_of_pupils(session: Session, places_of: Iterable[Place]) -> dict[uuid.UUID, str]:
    people = people_by_id(session, {place.student_id for place in places_of})
    return {person_id: person.name for person_id, person in people.items()}


def _last_slips(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, Slip]:
    rows = session.scalars(
        sa.select(ActivationCode)
        .where(ActivationCode.person_id.in_(people))
        .ext(postgresql.distinct_on(ActivationCode.person_id))
        .order_by(ActivationCode.person_id, ActivationCode.id.desc())
    )
    return {
        row.person_id: Slip(
            row.expires_at, row.tries, row.used_at is not None or row.revoked_at is not None, row.handed_at
        )
        for row in rows
    }


def _waiting(person: Person, slip: Slip | None, zone: str, now: dt.datetime) -> Waiting:
    due = due_at(person.kinds, person.known_since, zone)
    stage = stage_of(slip, now)
    out = slip is not None and stage in (Stage.SLIP, Stage.HANDED_OVER)
    return Waiting(person, due, stage, slip.expires_at if slip and out else None, due < now)
