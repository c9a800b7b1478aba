"""What a class list would change, to the last value: shown as the preview, named by a digest, done at the commit.

Pure: the same list and the same register give the same plan.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import orjson

from services.journal.classes.rules import class_name
from services.journal.imports.register import Declared, Known, Register
from services.journal.imports.rules import Consent, ListedGuardian, ListedStudent, Problem, full_name
from services.journal.people.rules import folded_name, whole_name


@dataclass(frozen=True)
class Said:
    """A consent or refusal that the list declares and no list has declared before."""

    given: bool
    signed_on: dt.date | None
    withdraws: bool = False
    """A list said «да» before and says «нет» now: accounts is asked for that withdrawal."""


@dataclass
class PlannedPerson:
    """Somebody to register, or to change: `known` and what becomes of it."""

    key: str
    """Names the person within the plan, since the id of a new one is made at the commit."""
    last_name: str
    first_name: str
    middle_name: str
    known: uuid.UUID | None = None
    version: int | None = None
    birth_date: dt.date | None = None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Field: before and after, as text."""
    phone: str | None = None
    email: str | None = None
    becomes_guardian: bool = False

    @property
    def name(self) -> str:
        return whole_name(self.last_name, self.first_name, self.middle_name)


@dataclass
class PlannedGuardian:
    """A guardian of a row's pupil."""

    person: PlannedPerson
    relation: str
    new_link: bool
    said: Said | None


@dataclass
class PlannedRow:
    """One row: the pupil, the class, the guardians."""

    row: int
    listed: ListedStudent
    person: PlannedPerson
    enroll_in: str | None
    """Name of the class the pupil joins; None when the pupil is in it."""
    member_from: dt.date
    guardians: list[PlannedGuardian]

    @property
    def action(self) -> str:
        if self.person.known is None:
            return "insert"
        return "change" if self._changes() else "unchanged"

    def _changes(self) -> bool:
        own = bool(self.person.changes or self.enroll_in)
        return own or any(
            link.new_link or link.said or link.person.changes or link.person.becomes_guardian
            for link in self.guardians
        )


@dataclass
class Plan:
    """Everything that the commit does."""

    rows: list[PlannedRow]
    new_classes: list[tuple[int, str]]
    problems: list[Problem]

    @property
    def blocked(self) -> bool:
        return any(not problem.warning for problem in self.problems)

    @property
    def digest(self) -> str:
        """SHA-256 of all that is to be written: ids, old versions, new values; not of what stays."""
        written = [
            {
                "row": row.row,
                "student": asdict(row.person),
                "listed": {**asdict(row.listed), "guardians": None} if row.person.known is None else None,
                "enroll_in": row.enroll_in,
                "member_from": row.member_from,
                "guardians": [asdict(link) for link in row.guardians],
            }
            for row in self.rows
            if row.action != "unchanged"
        ]
        content = orjson.dumps({"rows": written, "classes": self.new_classes}, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()

    def counts(self) -> dict[str, int]:
        """How many rows of each action, and how many of each thing the commit makes."""
        actions = Counter(row.action for row in self.rows)
        links = [link for row in self.rows for link in row.guardians]
        new_people = {id(link.person) for link in links if link.person.known is None}
        said = [link.said for link in links if link.said]
        return {
            "insert": actions["insert"],
            "change": actions["change"],
            "unchanged": actions["unchanged"],
            "classes": len(self.new_classes),
            "enrollments": sum(row.enroll_in is not None for row in self.rows),
            "guardians": len(new_people),
            "guardianships": sum(link.new_link for link in links),
            "consents": sum(one.given for one in said),
            "refusals": sum(not one.given for one in said),
        }

    def people(self) -> Iterable[PlannedPerson]:
        """Each person of the plan once, in the order of the list."""
        seen: set[str] = set()
        for row in self.rows:
            for person in (row.person, *(link.person for link in row.guardians)):
                if person.key not in seen:
                    seen.add(person.key)
                    yield person


def make_plan(listed: Sequence[ListedStudent], problems: Sequence[Problem], register: Register) -> Plan:
    """The plan of a list as far as it could be read, and all that stands against it."""
    return _Planner(register, list(problems)).plan(listed)


class _Planner:
    def __init__(self, register: Register, problems: list[Problem]) -> None:
        self.register = register
        self.problems = problems
        self.rows: dict[tuple[str, dt.date], int] = {}
        self.names: dict[str, dt.date] = {}
        self.people: dict[uuid.UUID, PlannedPerson] = {}
        self.new_guardians: dict[str, list[PlannedPerson]] = {}
        self.classes: dict[tuple[int, str], None] = {}

    def plan(self, listed: Sequence[ListedStudent]) -> Plan:
        rows = [row for student in listed if (row := self._row(student)) is not None]
        self.problems.sort(key=lambda problem: (problem.row or 0, problem.warning))
        return Plan(rows, sorted(self.classes), self.problems)

    def _row(self, listed: ListedStudent) -> PlannedRow | None:
        known = self.register.student(listed)
        if self._is_twice(listed) or not self._may_join(listed, known):
            return None
        key = (listed.grade_level, listed.letter)
        class_id = self.register.classes.get(key)
        if class_id is None:
            self.classes[key] = None
        in_class = known is not None and known.class_id is not None
        return PlannedRow(
            row=listed.row,
            listed=listed,
            person=self._student(listed, known),
            enroll_in=None if in_class else class_name(*key),
            member_from=max(listed.admitted_on or self.register.year_start, self.register.year_start),
            guardians=[self._guardian(listed, guardian, known) for guardian in listed.guardians],
        )

    def _is_twice(self, listed: ListedStudent) -> bool:
        name = folded_name(listed.last_name, listed.first_name)
        key = (f"{name} {folded_name(listed.middle_name)}".strip(), listed.birth_date)
        if key in self.rows:
            self._problem("student-twice", listed.row, full_name(listed), other=str(self.rows[key]))
            return True
        other_date = self.names.get(name)
        if (other_date and other_date != listed.birth_date) or any(self.register.namesakes(listed)):
            self._problem("student-namesake", listed.row, full_name(listed), warning=True)
        self.rows[key] = listed.row
        self.names[name] = listed.birth_date
        return False

    def _may_join(self, listed: ListedStudent, known: Known | None) -> bool:
        if listed.admitted_on and listed.admitted_on > self.register.year_end:
            self._problem("class-too-late", listed.row, f"{listed.admitted_on:%d.%m.%Y}", field="admitted_on")
            return False
        if known is None:
            return True
        if known.left_on is not None or (known.class_id is None and known.enrolled_before):
            self._problem("left-school", listed.row, full_name(listed))
            return False
        wanted = self.register.classes.get((listed.grade_level, listed.letter))
        if known.class_id is not None and known.class_id != wanted:
            self._problem("in-other-class", listed.row, full_name(listed), field="class")
            return False
        return True

    def _student(self, listed: ListedStudent, known: Known | None) -> PlannedPerson:
        planned = PlannedPerson(
            f"row:{listed.row}" if known is None else str(known.id),
            listed.last_name,
            listed.first_name,
            listed.middle_name,
            birth_date=listed.birth_date,
            phone=listed.phone,
            email=listed.email,
        )
        if known is not None:
            planned.known, planned.version = known.id, known.version
            for name in ("middle_name", "sex", "file_number", "order_number", "phone", "email"):
                self._change(planned, name, getattr(known, name) or "", getattr(listed, name) or "")
            before, after = known.admitted_on, listed.admitted_on
            self._change(planned, "admitted_on", as_text(before), as_text(after))
            self.people[known.id] = planned
        return planned

    @staticmethod
    def _change(planned: PlannedPerson, name: str, before: str, after: str) -> None:
        # An empty cell says nothing; it does not take away what the register knows.
        if after and after != before:
            planned.changes[name] = (before, after)

    def _guardian(self, listed: ListedStudent, guardian: ListedGuardian, student: Known | None) -> PlannedGuardian:
        known = self.register.guardian(guardian, student)
        person = self._known_guardian(listed, guardian, known) if known else self._new_guardian(listed, guardian)
        linked = student is not None and known is not None and known.id in student.guardians
        before = student.guardians.get(known.id) if student is not None and known is not None else None
        return PlannedGuardian(person, guardian.relation, not linked, _said(guardian.consent, before))

    def _known_guardian(self, listed: ListedStudent, guardian: ListedGuardian, known: Known) -> PlannedPerson:
        planned = self.people.get(known.id)
        if planned is None:
            planned = PlannedPerson(
                str(known.id),
                known.last_name,
                known.first_name,
                known.middle_name,
                known=known.id,
                version=known.version,
                becomes_guardian=not known.is_guardian,
            )
            self.people[known.id] = planned
        planned.becomes_guardian = not known.is_guardian
        for name in ("phone", "email"):
            wanted, before = getattr(guardian, name) or "", getattr(known, name) or ""
            if name in planned.changes and wanted not in ("", planned.changes[name][1]):
                self._problem("guardian-contacts-differ", listed.row, full_name(guardian), warning=True)
                continue
            self._change(planned, name, before, wanted)
            if name in planned.changes:
                setattr(planned, name, planned.changes[name][1])
        return planned

    def _new_guardian(self, listed: ListedStudent, guardian: ListedGuardian) -> PlannedPerson:
        named = self.new_guardians.setdefault(guardian.folded, [])
        for planned in named:
            if {planned.phone, planned.email} & guardian.contacts:
                self._merge(listed, guardian, planned)
                return planned
        if named or self.register.by_name.get(guardian.folded):
            self._problem("guardian-namesake", listed.row, full_name(guardian), warning=True)
        planned = PlannedPerson(
            f"row:{listed.row}:{guardian.ordinal}",
            guardian.last_name,
            guardian.first_name,
            guardian.middle_name,
            phone=guardian.phone,
            email=guardian.email,
            becomes_guardian=True,
        )
        named.append(planned)
        return planned

    def _merge(self, listed: ListedStudent, guardian: ListedGuardian, planned: PlannedPerson) -> None:
        for name in ("phone", "email"):
            mine, theirs = getattr(planned, name), getattr(guardian, name)
            if mine is None:
                setattr(planned, name, theirs)
            elif theirs not in (None, mine):
                self._problem("guardian-contacts-differ", listed.row, full_name(guardian), warning=True)

    def _problem(
        self, code: str, row: int, value: str, *, field: str | None = None, warning: bool = False, other: str = ""
    ) -> None:
        self.problems.append(Problem(code, row, field, value, warning, other))


def as_text(day: dt.date | None) -> str:
    """A day as a list writes it, empty for none."""
    return f"{day:%d.%m.%Y}" if day else ""


def _said(consent: Consent | None, before: Declared | None) -> Said | None:
    """What a cell declares beyond what lists declared already."""
    if consent is None:
        return None
    if before is not None and before.given == consent.given and consent.signed_on in (None, before.signed_on):
        return None
    return Said(consent.given, consent.signed_on, withdraws=before is not None and before.given and not consent.given)
