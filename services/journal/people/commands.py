"""People, their kinds, contacts and guardianships are written here, and told of."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.db import new_id, scope_of
from services.common.events import publish
from services.common.problems import ConflictError, NotFoundError, StaleError
from services.journal.events import GuardianshipEnded, GuardianshipSet, PersonChanged, PersonRegistered
from services.journal.people.models import Contact, Guardian, Guardianship, Person, Staff, Student
from services.journal.people.queries import contacts_of, kinds_of
from services.journal.people.rules import sort_key


@dataclass(frozen=True)
class NewPerson:
    """What is known of somebody who is registered; contacts are normalised already."""

    kinds: frozenset[str]
    last_name: str
    first_name: str
    middle_name: str = ""
    birth_date: dt.date | None = None
    email: str | None = None
    phone: str | None = None
    position: str = ""
    admitted_on: dt.date | None = None
    order_number: str = ""
    personal_file_number: str = ""
    sex: str = ""


def school_id_of(session: Session) -> uuid.UUID:
    """The school that the transaction runs for."""
    school_id = scope_of(session).school_id
    assert school_id is not None
    return school_id


def register_person(session: Session, new: NewPerson, person_id: uuid.UUID | None = None) -> Person:
    """Somebody who was not in the register. The same id and names again change nothing; other names: conflict."""
    school_id = school_id_of(session)
    known = session.get(Person, (school_id, person_id)) if person_id else None
    if known is not None:
        same = (known.last_name, known.first_name, known.middle_name, known.birth_date)
        if same != (new.last_name, new.first_name, new.middle_name, new.birth_date):
            raise ConflictError("Somebody else has this id.", code="id-taken")
        add_kinds(session, known, new)
        return known
    person = Person(
        school_id=school_id,
        id=person_id or new_id(),
        last_name=new.last_name,
        first_name=new.first_name,
        middle_name=new.middle_name,
        sort_key=sort_key(new.last_name, new.first_name, new.middle_name),
        birth_date=new.birth_date,
        version=1,
    )
    session.add(person)
    session.flush()
    _write_kinds(session, person.id, new)
    _write_contacts(session, person.id, new)
    tell_of_person(session, person, PersonRegistered)
    return person


def add_kinds(session: Session, person: Person, new: NewPerson) -> bool:
    """Makes a person what `new` says besides what the person is; True if anything was new."""
    session.refresh(person, with_for_update=True)  # two at once would deal the same version, and tell it twice
    before = (kinds_of(session, person.id), contacts_of(session, person.id))
    _write_kinds(session, person.id, new)
    _write_contacts(session, person.id, new)
    if (kinds_of(session, person.id), contacts_of(session, person.id)) == before:
        return False
    person.version += 1
    tell_of_person(session, person, PersonChanged)
    return True


def _write_kinds(session: Session, person_id: uuid.UUID, new: NewPerson) -> None:
    school_id = school_id_of(session)
    key = {"school_id": school_id, "person_id": person_id}
    if "student" in new.kinds:
        student = {
            "admitted_on": new.admitted_on,
            "order_number": new.order_number,
            "personal_file_number": new.personal_file_number,
            "sex": new.sex,
        }
        session.execute(insert(Student).values(**key, **student).on_conflict_do_nothing())
    if "guardian" in new.kinds:
        session.execute(insert(Guardian).values(**key).on_conflict_do_nothing())
    if "staff" in new.kinds:
        session.execute(insert(Staff).values(**key, position=new.position).on_conflict_do_nothing())


def _write_contacts(session: Session, person_id: uuid.UUID, new: NewPerson) -> None:
    for kind, value in (("email", new.email), ("phone", new.phone)):
        if value is None:
            continue
        statement = insert(Contact).values(
            school_id=school_id_of(session), person_id=person_id, kind=kind, value=value
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["school_id", "person_id", "kind"],
                set_={"value": value},
                where=Contact.value != value,
            )
        )


@dataclass(frozen=True)
class PersonChange:
    """New values of a person; None leaves a field as it is."""

    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    birth_date: dt.date | None = None
    email: str | None = None
    phone: str | None = None


def change_person(session: Session, person: Person, change: PersonChange, version: int) -> Person:
    """Corrects a person. Raises StaleError when `version` is not the present one."""
    locked = session.scalars(
        sa.select(Person).where(Person.id == person.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if locked.version != version:
        raise StaleError
    for name in ("last_name", "first_name", "middle_name", "birth_date"):
        value = getattr(change, name)
        if value is not None:
            setattr(locked, name, value)
    locked.sort_key = sort_key(locked.last_name, locked.first_name, locked.middle_name)
    locked.version += 1
    session.flush()
    contacts = NewPerson(frozenset(), locked.last_name, locked.first_name, email=change.email, phone=change.phone)
    _write_contacts(session, locked.id, contacts)
    tell_of_person(session, locked, PersonChanged)
    return locked


def tell_of_person(session: Session, person: Person, kind: type[PersonRegistered]) -> None:
    """Publishes what the other services need of a person."""
    session.flush()
    contacts = contacts_of(session, person.id)
    publish(
        session,
        kind(
            person_id=person.id,
            kinds=tuple(sorted(kinds_of(session, person.id))),
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            birth_date=person.birth_date,
            email=contacts.get("email"),
            phone=contacts.get("phone"),
            left_on=person.left_on,
            version=person.version,
        ),
    )


def set_guardianship(
    session: Session,
    guardian_id: uuid.UUID,
    student_id: uuid.UUID,
    relation: str,
    from_day: dt.date,
    restricted: bool = False,
    guardianship_id: uuid.UUID | None = None,
) -> Guardianship:
    """That somebody answers for a pupil from a day on. One that stands already is returned as it is."""
    standing = session.scalars(
        sa.select(Guardianship).where(
            Guardianship.guardian_id == guardian_id,
            Guardianship.student_id == student_id,
            sa.or_(Guardianship.to_day.is_(None), Guardianship.to_day > from_day),
        )
    ).first()
    if standing is not None:
        if standing.from_day > from_day or standing.restricted != restricted:
            raise ConflictError("There is a guardianship of these two already.", code="guardianship-exists")
        return standing
    guardianship = Guardianship(
        school_id=school_id_of(session),
        id=guardianship_id or new_id(),
        guardian_id=guardian_id,
        student_id=student_id,
        relation=relation,
        from_day=from_day,
        restricted=restricted,
        version=1,
    )
    session.add(guardianship)
    session.flush()
    tell_of_guardianship(session, guardianship, GuardianshipSet)
    return guardianship


def change_guardianship(
    session: Session, guardianship: Guardianship, version: int, to_day: dt.date | None, restricted: bool | None
) -> Guardianship:
    """Ends or restricts a guardianship. Raises StaleError, NotFoundError."""
    locked = session.scalars(
        sa.select(Guardianship)
        .where(Guardianship.id == guardianship.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if locked is None:
        raise NotFoundError
    if locked.version != version:
        raise StaleError
    if to_day is not None:
        locked.to_day = to_day
    if restricted is not None:
        locked.restricted = restricted
    locked.version += 1
    session.flush()
    tell_of_guardianship(session, locked, GuardianshipEnded if locked.to_day else GuardianshipSet)
    return locked


def tell_of_guardianship(session: Session, guardianship: Guardianship, kind: type[GuardianshipSet]) -> None:
    """Publishes a guardianship as it stands."""
    publish(
        session,
        kind(
            guardianship_id=guardianship.id,
            student_id=guardianship.student_id,
            guardian_id=guardianship.guardian_id,
            relation=guardianship.relation,
            from_=guardianship.from_day,
            to=guardianship.to_day,
            restricted=guardianship.restricted,
            version=guardianship.version,
        ),
    )
