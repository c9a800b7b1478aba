"""The register as a class list is compared with it. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.journal.imports.rules import ListedGuardian, ListedStudent
from services.journal.people.rules import folded_name


@dataclass(frozen=True)
class Declared:
    """What a list said last of a guardian and a pupil."""

    given: bool
    signed_on: dt.date


@dataclass
class Known:
    """Somebody who is in the register."""

    id: uuid.UUID
    version: int
    last_name: str
    first_name: str
    middle_name: str
    birth_date: dt.date | None
    left_on: dt.date | None = None
    phone: str | None = None
    email: str | None = None
    is_student: bool = False
    is_guardian: bool = False
    sex: str = ""
    file_number: str = ""
    admitted_on: dt.date | None = None
    order_number: str = ""
    class_id: uuid.UUID | None = None
    """Class of this year that the pupil is in, now or later in the year."""
    enrolled_before: bool = False
    """Whether the pupil was in a class of this year and left it."""
    guardians: dict[uuid.UUID, Declared | None] = field(default_factory=dict)
    """Who answers for the pupil, and what lists declared of it."""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def contacts(self) -> frozenset[str]:
        return frozenset(value for value in (self.phone, self.email) if value)


@dataclass
class Register:
    """Everybody, by what lists know people by; the classes of the year."""

    year_id: uuid.UUID
    year_start: dt.date
    year_end: dt.date
    classes: Mapping[tuple[int, str], uuid.UUID]
    people: Mapping[uuid.UUID, Known]
    by_name: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    students: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    """Pupils by last and first name."""

    def __post_init__(self) -> None:
        for person in self.people.values():
            self.by_name[folded_name(person.last_name, person.first_name, person.middle_name)].append(person)
            if person.is_student:
                self.students[folded_name(person.last_name, person.first_name)].append(person)

    def student(self, listed: ListedStudent) -> Known | None:
        """The same pupil: name and birth date; a middle name that only one side has does not make two."""
        middle = folded_name(listed.middle_name)
        same = [
            known
            for known in self.students.get(folded_name(listed.last_name, listed.first_name), ())
            if known.birth_date == listed.birth_date
            and (not middle or not known.middle_name or folded_name(known.middle_name) == middle)
        ]
        return next((known for known in same if folded_name(known.middle_name) == middle), same[0] if same else None)

    def namesakes(self, listed: ListedStudent) -> Iterable[Known]:
        """Pupils of the same name who were born on another day."""
        return (
            known
            for known in self.students.get(folded_name(listed.last_name, listed.first_name), ())
            if known.birth_date != listed.birth_date
        )

    def guardian(self, listed: ListedGuardian, student: Known | None) -> Known | None:
        """The same guardian: name and address or phone. Of the pupil's own guardians the name is enough:
        otherwise the same list, sent again, would make a second mother of each who gave no contact."""
        own = student.guardians if student else {}
        named = self.by_name.get(listed.folded, ())
        return next(
            (known for known in named if known.id in own),
            next((known for known in named if known.contacts & listed.contacts), None),
        )
