"""The register of people as it is read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import NotFoundError, wrong
from services.journal.people.models import Contact, Guardian, Guardianship, Person, Staff, Student
from services.journal.people.rules import sort_key, whole_name

TABLE_OF_KIND: dict[str, type[Staff] | type[Student] | type[Guardian]] = {
    "staff": Staff,
    "student": Student,
    "guardian": Guardian,
}


@dataclass(frozen=True)
class Card:
    """A person as the register shows one."""

    person: Person
    kinds: frozenset[str]
    position: str
    email: str | None
    phone: str | None


def kinds_of(session: Session, person_id: uuid.UUID) -> frozenset[str]:
    """staff, student, guardian: what a person is."""
    return frozenset(kinds_by_person(session, [person_id]).get(person_id, ()))


def kinds_by_person(session: Session, person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    for kind, table in TABLE_OF_KIND.items():
        for person_id in session.scalars(sa.select(table.person_id).where(table.person_id.in_(person_ids))):
            found.setdefault(person_id, []).append(kind)
    return found


def contacts_of(session: Session, person_id: uuid.UUID) -> dict[str, str]:
    """Address and phone by kind."""
    rows = session.execute(sa.select(Contact.kind, Contact.value).where(Contact.person_id == person_id))
    return dict(rows.all())


def person_by_id(session: Session, person_id: uuid.UUID) -> Person:
    """The person. Raises NotFoundError."""
    person = session.scalars(sa.select(Person).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise NotFoundError
    return person


def known_person(session: Session, person_id: uuid.UUID, kind: str, pointer: str) -> Person:
    """The person of a kind that an input names. Raises UnprocessableError with `pointer`."""
    table = TABLE_OF_KIND[kind]
    person = session.scalars(
        sa.select(Person).join(table, table.person_id == Person.id).where(Person.id == person_id)
    ).one_or_none()
    if person is None:
        raise wrong(pointer, f"There is no such {kind}.", "unknown")
    return person


def cards(session: Session, people: Sequence[Person]) -> list[Card]:
    """People with their kinds and contacts, three queries whatever their number."""
    ids = [person.id for person in people]
    kinds = kinds_by_person(session, ids)
    positions = dict(
        session.execute(sa.select(Staff.person_id, Staff.position).where(Staff.person_id.in_(ids))).all()
    )
    contacts: dict[tuple[uuid.UUID, str], str] = {
        (person_id, kind): value
        for person_id, kind, value in session.execute(
            sa.select(Contact.person_id, Contact.kind, Contact.value).where(Contact.person_id.in_(ids))
        )
    }
    return [
        Card(
            person=person,
            kinds=frozenset(kinds.get(person.id, ())),
            position=positions.get(person.id, ""),
            email=contacts.get((person.id, "email")),
            phone=contacts.get((person.id, "phone")),
        )
        for person in people
    ]


def people_page(
    session: Session,
    kind: str | None,
    cursor: uuid.UUID | None,
    limit: int,
    within: sa.ColumnElement[bool] | None = None,
    q: str = "",
) -> Sequence[Person]:
    """Up to `limit + 1` people in the order of lists, behind the person `cursor`.

    `within` limits to people the viewer may see; `q` to names that begin with its words.
    """
    query = sa.select(Person).order_by(Person.sort_key, Person.id).limit(limit + 1)
    if kind is not None:
        query = query.where(Person.id.in_(sa.select(TABLE_OF_KIND[kind].person_id)))
    if within is not None:
        query = query.where(within)
    for word in q.split():
        start = sort_key(word, "").strip()
        # е finds ё, too: the key writes ё as е and a mark.
        plain = sa.func.replace(Person.sort_key, "\uffff", "")
        escaped = start.replace("\uffff", "").replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        query = query.where(sa.or_(plain.like(f"{escaped}%"), plain.like(f"% {escaped}%")))
    if cursor is not None:
        after = session.execute(sa.select(Person.sort_key).where(Person.id == cursor)).scalar_one_or_none()
        query = query.where(
            sa.tuple_(Person.sort_key, Person.id) > sa.tuple_(sa.literal(after or ""), sa.literal(cursor))
        )
    return session.scalars(query).all()


def guardianships(
    session: Session, student_id: uuid.UUID | None = None, guardian_id: uuid.UUID | None = None
) -> Sequence[Guardianship]:
    """Guardianships of a pupil or of a guardian, past ones too."""
    query = sa.select(Guardianship).order_by(Guardianship.id)
    if student_id is not None:
        query = query.where(Guardianship.student_id == student_id)
    if guardian_id is not None:
        query = query.where(Guardianship.guardian_id == guardian_id)
    return session.scalars(query).all()


def names_of(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Full names by id."""
    found = session.scalars(sa.select(Person).where(Person.id.in_(people)))
    return {one.id: whole_name(one.last_name, one.first_name, one.middle_name) for one in found}


def guardianship_by_id(session: Session, guardianship_id: uuid.UUID) -> Guardianship:
    """The guardianship. Raises NotFoundError."""
    found = session.scalars(sa.select(Guardianship).where(Guardianship.id == guardianship_id)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def pupils_guarded(
    guardian_id: uuid.UUID | sa.BindParameter[uuid.UUID], day: dt.date | sa.BindParameter[dt.date]
) -> sa.Select[uuid.UUID]:
    """Pupils for whom somebody answers on `day`, without restriction, as a condition."""
    return sa.select(Guardianship.student_id).where(Guardianship.guardian_id == guardian_id, _unrestricted(day))


def students_guarded(session: Session, guardian_id: uuid.UUID, today: dt.date) -> frozenset[uuid.UUID]:
    """Pupils for whom somebody answers today, without restriction."""
    return frozenset(session.scalars(pupils_guarded(guardian_id, today)))


def pairs_guarded(
    session: Session, pairs: Collection[tuple[uuid.UUID, uuid.UUID]], today: dt.date
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Those of the (pupil, guardian) pairs of which `students_guarded` would say the same, in one query."""
    rows = session.execute(
        sa.select(Guardianship.student_id, Guardianship.guardian_id).where(
            Guardianship.guardian_id.in_({guardian_id for _, guardian_id in pairs}), _unrestricted(today)
        )
    )
    return {(row.student_id, row.guardian_id) for row in rows}.intersection(pairs)


def _unrestricted(today: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[bool]:
    return sa.and_(
        Guardianship.from_day <= today,
        sa.or_(Guardianship.to_day.is_(None), Guardianship.to_day > today),
        Guardianship.restricted.is_(False),
    )
