"""Lists that came in as files: which name the person, what they declared of consents, which he sent in."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.personal_data.asking import SectionQuery, by_words
from services.common.personal_data.sections import Section, section
from services.journal.imports.listing import listed_students
from services.journal.imports.models import ImportFile
from services.journal.imports.register import Known, Register
from services.journal.people.models import Contact, Guardianship, Person, Student
from services.journal.personal_data.names import whole_name
from services.journal.personal_data.rules import DECISION

_DECLARED = SectionQuery(
    "declared_consents",
    "Согласия, заявленные в списках",
    {
        "guardian": "Представитель",
        "student": "Ученик",
        "decision": "Решение",
        "signed_on": "Дата",
        "file_name": "Файл списка",
    },
    sa.text(
        f"SELECT {whole_name('g')}, {whole_name('p')}, d.decision, d.signed_on, coalesce(f.file_name, '')"  # noqa: S608 - our own text
        " FROM declared_consent d JOIN person g ON g.school_id = d.school_id AND g.id = d.guardian_id"
        " JOIN person p ON p.school_id = d.school_id AND p.id = d.student_id"
        " LEFT JOIN import_file f ON f.school_id = d.school_id AND f.id = d.import_id"
        " WHERE d.student_id = :person OR d.guardian_id = :person ORDER BY d.signed_on, g.sort_key, p.sort_key"
    ),
    {"decision": by_words(DECISION)},
)
_SENT = SectionQuery(
    "imports",
    "Списки, которые он загрузил",
    {"file_name": "Файл", "created_at": "Когда", "committed_at": "Когда внесён"},
    sa.text(
        "SELECT file_name, created_at, committed_at FROM import_file WHERE created_by = :person"
        " ORDER BY created_at, id"
    ),
)

SECTIONS = (_DECLARED, _SENT)


def lists_naming(session: Session, person_id: uuid.UUID) -> Section:
    """The files, still kept, of which a row is read as this person: by the rules that imports know people by.

    He is looked for under the name that he has now. A row that cannot be read, one with a wrong date, names nobody to
    this system; it goes with its file, within a month.
    """
    register = _register_of(session, person_id)
    rows = []
    if register is not None:
        files = session.scalars(sa.select(ImportFile).order_by(ImportFile.created_at, ImportFile.id))
        rows = [
            (file.file_name, file.created_at, file.committed_at)
            for file in files
            if _names(file, person_id, register)
        ]
    columns = {"file_name": "Файл", "created_at": "Когда загружен", "committed_at": "Когда внесён"}
    return section("lists", "Загруженные списки, в которых он назван", columns, rows)


def _names(file: ImportFile, person_id: uuid.UUID, register: Register) -> bool:
    # Reading a row checks its addresses and phones; a whole school's list is not read for one person.
    word = _longest_word(register.people[person_id].last_name)
    lines: Sequence[list[str]] = [line for line in file.cells[1:] if word in _folded(" ".join(line))]
    came_on = file.created_at.date()
    listed, _ = listed_students([file.cells[0], *lines], file.fields, file.header_row, came_on, came_on)
    for row in listed:
        student = register.student(row)
        named = [student, *(register.guardian(guardian, student) for guardian in row.guardians)]
        if any(known is not None and known.id == person_id for known in named):
            return True
    return False


def _longest_word(name: str) -> str:
    return max(re.findall(r"\w+", _folded(name)), key=len, default="")


def _folded(text: str) -> str:
    """As names are compared, for letters alone: hyphens and spaces are of many kinds."""
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")


def _register_of(session: Session, person_id: uuid.UUID) -> Register | None:
    """A register of the person and of the pupils he answers for; None where he is unknown."""
    links = sa.select(Guardianship.student_id).where(Guardianship.guardian_id == person_id)
    found = session.scalars(sa.select(Person).where(sa.or_(Person.id == person_id, Person.id.in_(links))))
    people = {
        one.id: Known(one.id, one.version, one.last_name, one.first_name, one.middle_name, one.birth_date)
        for one in found
    }
    if person_id not in people:
        return None
    for student_id in session.scalars(sa.select(Student.person_id).where(Student.person_id.in_(people))):
        people[student_id].is_student = True
    for student_id in session.scalars(links):
        people[student_id].guardians[person_id] = None
    for contact in session.scalars(sa.select(Contact).where(Contact.person_id == person_id)):
        setattr(people[person_id], contact.kind, contact.value)
    # Of no year: who somebody is does not depend on it.
    return Register(uuid.UUID(int=0), dt.date.min, dt.date.max, {}, people)
