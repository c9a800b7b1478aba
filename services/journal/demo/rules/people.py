"""Families of the demonstration school, with the knots that real class lists have. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from services.journal.demo.rules import names
from services.journal.demo.rules.chance import Ids, chance
from services.journal.demo.rules.curriculum import CLASSES, ClassPlan
from services.journal.demo.rules.names import Name

GIVEN, REFUSED, MISSING = "given", "refused", "missing"
GROWN_GRADE = 8
"""From this grade on pupils sign for themselves, as far as they are 14."""


@dataclass(frozen=True)
class Someone:
    """A person of the register."""

    id: uuid.UUID
    kind: str
    name: Name
    female: bool
    birth_date: dt.date | None = None
    email: str | None = None
    phone: str | None = None
    position: str = ""


@dataclass(frozen=True)
class Pupil:
    """A pupil of a class from one day to another (half-open)."""

    person: Someone
    class_name: str
    from_day: dt.date
    to_day: dt.date | None = None

    def on(self, day: dt.date) -> bool:
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


@dataclass(frozen=True)
class Bond:
    """A guardian, a pupil, and what the guardian decided about diary and mail."""

    id: uuid.UUID
    guardian_id: uuid.UUID
    student_id: uuid.UUID
    relation: str
    consent: str


@dataclass(frozen=True)
class Families:
    """Everybody who does not work here."""

    pupils: list[Pupil]
    guardians: list[Someone]
    bonds: list[Bond]
    own_consents: dict[uuid.UUID, str]
    """What pupils decided for themselves."""


@dataclass(frozen=True)
class _Parents:
    """Two grown-ups, or one, and how they sign."""

    stem: str
    adults: tuple[tuple[Someone, str], ...]
    father_first: str


class _Registry:
    """Draws people one after another; all chance of the register comes from here."""

    def __init__(self, seed: str, first_year: int) -> None:
        self.rng = chance(f"{seed}:people:{first_year}")
        self.ids = Ids(f"{seed}:people ids:{first_year}")
        self.start = dt.date(first_year, 9, 1)
        self.made = Families([], [], [], {})
        self._stems = iter(names.family_surnames(self.rng, 400))

    def parents(self, adults: str = "") -> _Parents:
        """A family: `adults` says who there is, one letter each (m, f, g: mother, father, grandmother)."""
        stem = next(self._stems)
        drawn = self.rng.choices(("mf", "m", "f", "g"), (68, 24, 5, 3))[0]
        father_first = names.adult_first(self.rng, female=False)
        found = []
        for role in adults or drawn:
            female = role != "f"
            name = names.adult_name(self.rng, stem, female, None if female else father_first)
            found.append((self._guardian(name, female), {"m": "мать", "f": "отец", "g": "опекун"}[role]))
        return _Parents(stem, tuple(found), father_first)

    def _guardian(self, name: Name, female: bool) -> Someone:
        number = len(self.made.guardians) + 1
        address = f"{names.latin(name.last)}{number}@example.org" if self.rng.random() < 0.9 else None
        phone = f"+7978{self.rng.randrange(10**7):07}"
        person = Someone(self.ids.on(self.start), "guardian", name, female, email=address, phone=phone)
        self.made.guardians.append(person)
        return person

    def child(self, family: _Parents, plan: ClassPlan, consent: str = "", name: Name | None = None) -> Pupil:
        """A pupil of the class with that family; `consent` is what every guardian says, else chance decides."""
        female = self.rng.random() < 0.5
        if name is None:
            first = names.child_first(self.rng, female)
            middle = names.patronymic(family.father_first, female)
            name = Name(names.surname(family.stem, female), first, middle)
        year = self.start.year - plan.grade - 6
        born = dt.date(year, 1, 1) + dt.timedelta(days=90 + self.rng.randrange(360))
        person = Someone(self.ids.on(self.start), "student", name, female, birth_date=born)
        pupil = Pupil(person, plan.name, self.start)
        self.made.pupils.append(pupil)
        for adult, relation in family.adults:
            said = consent or self._decision()
            self.made.bonds.append(Bond(self.ids.on(self.start), adult.id, person.id, relation, said))
        if plan.grade >= GROWN_GRADE:
            self.made.own_consents[person.id] = self._decision()
        return pupil

    def _decision(self) -> str:
        return self.rng.choices((GIVEN, REFUSED, MISSING), (72, 8, 20))[0]


@dataclass(frozen=True)
class Cast:
    """Those whom the demonstration gives a sign-in."""

    consenting: uuid.UUID
    refusing: uuid.UUID
    undecided: uuid.UUID
    grown_pupil: uuid.UUID


def families(seed: str, first_year: int, elapsed: list[dt.date]) -> tuple[Families, Cast]:
    """All families of the school; `elapsed` are the days of lessons so far, for those who left or came."""
    registry = _Registry(seed, first_year)
    plans = {plan.name: plan for plan in CLASSES}
    shown, junior = plans["8А"], plans["3Б"]

    agreed = registry.parents("m")
    registry.child(agreed, junior, GIVEN)
    registry.child(agreed, shown, GIVEN)
    refused, silent = registry.parents("m"), registry.parents("f")
    registry.child(refused, shown, REFUSED)
    registry.child(silent, shown, MISSING)
    _twins(registry, plans["7Б"])
    _namesakes(registry, plans["5А"])
    grown = registry.child(registry.parents("mf"), plans["10А"], GIVEN)
    registry.made.own_consents[grown.person.id] = GIVEN

    for plan in CLASSES:
        there = sum(pupil.class_name == plan.name for pupil in registry.made.pupils)
        for _ in range(plan.pupils - there):
            registry.child(registry.parents(), plan)
    _movement(registry.made, elapsed)
    cast = Cast(agreed.adults[0][0].id, refused.adults[0][0].id, silent.adults[0][0].id, grown.person.id)
    return _addressed(registry.made, cast), cast


def _twins(registry: _Registry, plan: ClassPlan) -> None:
    """Two children of one family in one class, born on one day."""
    family = registry.parents("mf")
    registry.child(family, plan, GIVEN)
    second = registry.child(family, plan, GIVEN)
    twin = registry.made.pupils[-2].person
    while second.person.name.first == twin.name.first:
        female = second.person.female
        name = replace(second.person.name, first=names.child_first(registry.rng, female))
        second = replace(second, person=replace(second.person, name=name))
    registry.made.pupils[-1] = replace(second, person=replace(second.person, birth_date=twin.birth_date))


def _namesakes(registry: _Registry, plan: ClassPlan) -> None:
    """Two pupils of one name and two families, of different ages."""
    for _ in range(2):
        registry.child(registry.parents("m"), plan, name=Name("Соколова", "Анна", "Сергеевна"))


def _movement(made: Families, elapsed: list[dt.date]) -> None:
    """Two pupils leave and one comes later, once there was time for it."""
    if len(elapsed) < 20:
        return
    for class_name, share in (("7Б", 0.4), ("10А", 0.7)):
        index = max(i for i, pupil in enumerate(made.pupils) if pupil.class_name == class_name)
        made.pupils[index] = replace(made.pupils[index], to_day=elapsed[int(len(elapsed) * share)])
    index = max(i for i, pupil in enumerate(made.pupils) if pupil.class_name == "8А")
    made.pupils[index] = replace(made.pupils[index], from_day=elapsed[int(len(elapsed) * 0.3)])


def _addressed(made: Families, cast: Cast) -> Families:
    """Who plays a part can be mailed, and one couple shares an address."""
    parts = {cast.consenting, cast.refusing, cast.undecided}
    guardians = list(made.guardians)
    by_student: dict[uuid.UUID, list[uuid.UUID]] = {}
    for bond in made.bonds:
        by_student.setdefault(bond.student_id, []).append(bond.guardian_id)
    couple = next(pair for pair in reversed(by_student.values()) if len(pair) == 2)
    for index, person in enumerate(guardians):
        if person.id in parts and person.email is None:
            guardians[index] = replace(person, email=f"{names.latin(person.name.last)}{index + 1}@example.org")
        elif person.id in couple:
            guardians[index] = replace(person, email="semya@example.org")
    return replace(made, guardians=guardians)
