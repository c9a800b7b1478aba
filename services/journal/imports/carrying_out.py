"""A plan is carried out: set-based, since a school brings a thousand pupils at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.db import new_id
from services.common.events import publish
from services.common.problems import StaleError
from services.journal.classes.commands import make_class
from services.journal.classes.models import Enrollment
from services.journal.classes.rules import class_name
from services.journal.events import (
    ConsentDeclared,
    EnrollmentSet,
    GuardianshipSet,
    PersonChanged,
    PersonRegistered,
)
from services.journal.imports.models import DeclaredConsent
from services.journal.imports.plan import PlannedGuardian, PlannedPerson, PlannedRow, Said
from services.journal.imports.queries import Planned
from services.journal.imports.rules import parse_day
from services.journal.people.commands import school_id_of, tell_of_person
from services.journal.people.models import Contact, Guardian, Guardianship, Person, Student
from services.journal.people.rules import sort_key

PURPOSES = ("diary", "mail")
"""What the column «Согласие» speaks of."""


@dataclass
class CarryingOut:
    """One commit: rows collected per table, written table by table, each told of as an event."""

    session: Session
    planned: Planned
    today: dt.date

    def __post_init__(self) -> None:
        self.school_id = school_id_of(self.session)
        self.ids: dict[str, uuid.UUID] = {}
        self.classes = dict(self.planned.register.classes)

    def run(self) -> None:
        """Writes all of the plan. Raises StaleError when somebody in it was changed just now."""
        plan = self.planned.plan
        for grade_level, letter in plan.new_classes:
            made = make_class(self.session, self.planned.register.year_id, grade_level, letter)
            self.classes[grade_level, letter] = made.id
        people = list(plan.people())
        self.ids = {person.key: person.known or new_id() for person in people}
        rows = {row.person.key: row for row in plan.rows}
        self._register([person for person in people if person.known is None], rows)
        for person in people:
            if person.known is not None and (person.changes or person.becomes_guardian):
                self._change(person, rows.get(person.key))
        self._enroll([row for row in plan.rows if row.enroll_in])
        links = [(row, link) for row in plan.rows for link in row.guardians]
        self._link([(row, link) for row, link in links if link.new_link])
        self._declare([(row, link, link.said) for row, link in links if link.said])

    def _insert(self, table: type[Any], rows: list[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(sa.insert(table), rows)

    def _key(self, person: PlannedPerson) -> dict[str, Any]:
        return {"school_id": self.school_id, "person_id": self.ids[person.key]}

    def _register(self, people: list[PlannedPerson], rows: Mapping[str, PlannedRow]) -> None:
        self._insert(Person, [self._person_values(person) for person in people])
        students = [(person, rows[person.key].listed) for person in people if person.key in rows]
        self._insert(
            Student,
            [
                {
                    **self._key(person),
                    "admitted_on": listed.admitted_on,
                    "order_number": listed.order_number,
                    "personal_file_number": listed.file_number,
                    "sex": listed.sex,
                }
                for person, listed in students
            ],
        )
        self._insert(Guardian, [self._key(person) for person in people if person.key not in rows])
        contacts = [
            {**self._key(person), "kind": kind, "value": value}
            for person in people
            for kind, value in (("email", person.email), ("phone", person.phone))
            if value
        ]
        self._insert(Contact, contacts)
        for person in people:
            publish(self.session, self._registered(person, "student" if person.key in rows else "guardian"))

    def _person_values(self, person: PlannedPerson) -> dict[str, Any]:
        return {
            "school_id": self.school_id,
            "id": self.ids[person.key],
            "last_name": person.last_name,
            "first_name": person.first_name,
            "middle_name": person.middle_name,
            "sort_key": sort_key(person.last_name, person.first_name, person.middle_name),
            "birth_date": person.birth_date,
            "version": 1,
        }

    def _registered(self, person: PlannedPerson, kind: str) -> PersonRegistered:
        return PersonRegistered(
            person_id=self.ids[person.key],
            kinds=(kind,),
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            birth_date=person.birth_date,
            email=person.email,
            phone=person.phone,
            left_on=None,
            version=1,
        )

    def _change(self, person: PlannedPerson, row: PlannedRow | None) -> None:
        stored = self.session.scalars(
            sa.select(Person).where(Person.id == person.known, Person.version == person.version).with_for_update()
        ).one_or_none()
        if stored is None:
            raise StaleError
        after = {name: values[1] for name, values in person.changes.items()}
        if "middle_name" in after:
            stored.middle_name = after["middle_name"]
            stored.sort_key = sort_key(stored.last_name, stored.first_name, stored.middle_name)
        stored.version += 1
        self._change_student(person, after) if row is not None else None
        if person.becomes_guardian:
            self.session.execute(insert(Guardian).values(**self._key(person)).on_conflict_do_nothing())
        for kind in ("email", "phone"):
            if kind in after:
                statement = insert(Contact).values(**self._key(person), kind=kind, value=after[kind])
                self.session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["school_id", "person_id", "kind"], set_={"value": after[kind]}
                    )
                )
        tell_of_person(self.session, stored, PersonChanged)

    def _change_student(self, person: PlannedPerson, after: Mapping[str, str]) -> None:
        columns = {"sex": "sex", "file_number": "personal_file_number", "order_number": "order_number"}
        values: dict[str, Any] = {column: after[name] for name, column in columns.items() if name in after}
        if "admitted_on" in after:
            values["admitted_on"] = parse_day(after["admitted_on"])
        if values:
            self.session.execute(sa.update(Student).where(Student.person_id == person.known).values(**values))

    def _enroll(self, rows: list[PlannedRow]) -> None:
        made = []
        for row in rows:
            key = (row.listed.grade_level, row.listed.letter)
            fact = EnrollmentSet(
                enrollment_id=new_id(),
                student_id=self.ids[row.person.key],
                class_id=self.classes[key],
                class_name=class_name(*key),
                from_=row.member_from,
                to=None,
                version=1,
            )
            publish(self.session, fact)
            made.append(
                {
                    "school_id": self.school_id,
                    "id": fact.enrollment_id,
                    "class_id": fact.class_id,
                    "student_id": fact.student_id,
                    "from_day": fact.from_,
                    "version": fact.version,
                }
            )
        self._insert(Enrollment, made)

    def _link(self, links: list[tuple[PlannedRow, PlannedGuardian]]) -> None:
        made = []
        for row, link in links:
            fact = GuardianshipSet(
                guardianship_id=new_id(),
                student_id=self.ids[row.person.key],
                guardian_id=self.ids[link.person.key],
                relation=link.relation,
                from_=row.member_from,
                to=None,
                restricted=False,
                version=1,
            )
            publish(self.session, fact)
            made.append(
                {
                    "school_id": self.school_id,
                    "id": fact.guardianship_id,
                    "guardian_id": fact.guardian_id,
                    "student_id": fact.student_id,
                    "relation": fact.relation,
                    "from_day": fact.from_,
                    "restricted": fact.restricted,
                    "version": fact.version,
                }
            )
        self._insert(Guardianship, made)

    def _declare(self, links: list[tuple[PlannedRow, PlannedGuardian, Said]]) -> None:
        for row, link, said in links:
            fact = ConsentDeclared(
                student_id=self.ids[row.person.key],
                guardian_id=self.ids[link.person.key],
                purpose=PURPOSES[0],
                decision="given" if said.given else "refused",
                signed_on=said.signed_on or self.today,
                import_id=self.planned.file.id,
            )
            news = {"decision": fact.decision, "signed_on": fact.signed_on, "import_id": fact.import_id}
            pair = {"school_id": self.school_id, "student_id": fact.student_id, "guardian_id": fact.guardian_id}
            self.session.execute(
                insert(DeclaredConsent)
                .values(**pair, **news)
                .on_conflict_do_update(index_elements=list(pair), set_=news)
            )
            for purpose in PURPOSES:
                publish(self.session, replace(fact, purpose=purpose))
