"""A list that was sent in, its plan by the register as it is now."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import NotFoundError, UnprocessableError
from services.journal.calendar.models import SchoolYear
from services.journal.classes.models import Enrollment, SchoolClass
from services.journal.imports.listing import listed_students
from services.journal.imports.models import DeclaredConsent, ImportFile
from services.journal.imports.plan import Plan, make_plan
from services.journal.imports.register import Declared, Known, Register
from services.journal.people.models import Contact, Guardian, Guardianship, Person, Student


@dataclass(frozen=True)
class Planned:
    """A file, what it would do today, and the year it does it in."""

    file: ImportFile
    plan: Plan
    register: Register


def import_by_id(session: Session, import_id: uuid.UUID, lock: bool = False) -> ImportFile:
    """The file. Raises NotFoundError."""
    query = sa.select(ImportFile).where(ImportFile.id == import_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def planned(session: Session, file: ImportFile, today: dt.date) -> Planned:
    """The plan of a file by the register as this transaction sees it."""
    register = register_of(session, today)
    students, problems = listed_students(file.cells, file.fields, file.header_row, today, register.year_start)
    return Planned(file, make_plan(students, problems, register), register)


def year_of(session: Session, today: dt.date) -> SchoolYear:
    """The school year that lists of today are for: that of today, in summer the next one.

    Raises UnprocessableError when the school has none.
    """
    year = session.scalars(
        sa.select(SchoolYear).where(SchoolYear.ends_on >= today).order_by(SchoolYear.starts_on).limit(1)
    ).one_or_none()
    if year is None:
        raise UnprocessableError("The school has no year for this list.", code="no-year")
    return year


def register_of(session: Session, today: dt.date) -> Register:
    """Everybody in the register with what lists know people by, seven queries whatever their number."""
    year = year_of(session, today)
    people = {
        person.id: Known(
            person.id,
            person.version,
            person.last_name,
            person.first_name,
            person.middle_name,
            person.birth_date,
            person.left_on,
        )
        for person in session.scalars(sa.select(Person))
    }
    for contact in session.scalars(sa.select(Contact)):
        setattr(people[contact.person_id], contact.kind, contact.value)
    for student in session.scalars(sa.select(Student)):
        known = people[student.person_id]
        known.is_student, known.sex, known.admitted_on = True, student.sex, student.admitted_on
        known.file_number, known.order_number = student.personal_file_number, student.order_number
    for guardian_id in session.scalars(sa.select(Guardian.person_id)):
        people[guardian_id].is_guardian = True
    _add_classes(session, year, today, people)
    _add_guardians(session, today, people)
    classes = {
        (row.grade_level, row.letter): row.id
        for row in session.scalars(sa.select(SchoolClass).where(SchoolClass.year_id == year.id))
    }
    return Register(year.id, year.starts_on, year.ends_on, classes, people)


def _add_classes(session: Session, year: SchoolYear, today: dt.date, people: dict[uuid.UUID, Known]) -> None:
    rows = session.execute(
        sa.select(Enrollment.student_id, Enrollment.class_id, Enrollment.to_day)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(SchoolClass.year_id == year.id)
    )
    for student_id, class_id, to_day in rows:
        if to_day is None or to_day > today:
            people[student_id].class_id = class_id
        else:
            people[student_id].enrolled_before = True


def _add_guardians(session: Session, today: dt.date, people: dict[uuid.UUID, Known]) -> None:
    links = session.execute(
        sa.select(
            Guardianship.student_id, Guardianship.guardian_id, DeclaredConsent.decision, DeclaredConsent.signed_on
        )
        .outerjoin(
            DeclaredConsent,
            sa.and_(
                DeclaredConsent.student_id == Guardianship.student_id,
                DeclaredConsent.guardian_id == Guardianship.guardian_id,
            ),
        )
        .where(sa.or_(Guardianship.to_day.is_(None), Guardianship.to_day > today))
    )
    for student_id, guardian_id, decision, signed_on in links:
        declared = Declared(decision == "given", signed_on) if decision else None
        people[student_id].guardians[guardian_id] = declared
