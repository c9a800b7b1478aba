"""Families of the demonstration school, with the knots that real class lists have. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from services.journal.demo.rules import names
from services.journal.demo.rules.chance import Ids, chance
from services.journal.demo.rules.curriculum import ClassPlan
from services.journal.demo.rules.names import Name
from services.journal.demo.rules.plan import IN_A_CLASS, SchoolPlan

GIVEN, REFUSED, MISSING = "given", "refused", "missing"
SMALL = 6
"""Classes of the small demonstration, whose every knot is tied by hand."""
SIBLINGS = 1 / 6
PUPILS_PER_TWINS, PUPILS_PER_NAMESAKES = 200, 500
"""A pair for so many; every hundredth child is a twin."""
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

    def __init__(self, seed: str, first_year: int, pupils: int) -> None:
        self.rng = chance(f"{seed}:people:{first_year}")
        self.ids = Ids(f"{seed}:people ids:{first_year}")
        self.start = dt.date(first_year, 9, 1)
        self.made = Families([], [], [], {})
        self._known: list[_Parents] = []
        self._stems = iter(names.family_surnames(self.rng, max(400, pupils)))

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

    def another_family(self) -> _Parents:
        """A new one, or, for every sixth pupil, one that has a child here already."""
        if self._known and self.rng.random() < SIBLINGS:
            return self._known.pop(self.rng.randrange(len(self._known)))
        family = self.parents()
        self._known.append(family)
        return family

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


def families(seed: str, first_year: int, elapsed: list[dt.date], school: SchoolPlan) -> tuple[Families, Cast]:
    """All families of the school; `elapsed` are the days of lessons so far, for those who left or came."""
    registry = _Registry(seed, first_year, sum(plan.pupils for plan in school.classes))
    shown, junior, oldest = school.shown, school.first_of(3), school.first_of(10)

    agreed = registry.parents("m")
    registry.child(agreed, junior, GIVEN)
    registry.child(agreed, shown, GIVEN)
    refused, silent = registry.parents("m"), registry.parents("f")
    registry.child(refused, shown, REFUSED)
    registry.child(silent, shown, MISSING)
    _twins(registry, school.first_of(7))
    _namesakes(registry, school.first_of(5), Name("Соколова", "Анна", "Сергеевна"))
    grown = registry.child(registry.parents("mf"), oldest, GIVEN)
    registry.made.own_consents[grown.person.id] = GIVEN

    big = len(school.classes) > SMALL
    if big:
        _more_knots(registry, school)
    for plan in school.classes:
        there = sum(pupil.class_name == plan.name for pupil in registry.made.pupils)
        for _ in range(plan.pupils - there):
            registry.child(registry.another_family() if big else registry.parents(), plan)
    if big:
        _much_movement(registry, elapsed, school)
    else:
        _movement(registry.made, elapsed, school)
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


def _namesakes(registry: _Registry, plan: ClassPlan, name: Name | None = None) -> None:
    """Two pupils of one name and two families, of different ages."""
    first = registry.child(registry.parents("m"), plan, name=name)
    registry.child(registry.parents("m"), plan, name=first.person.name)


def _more_knots(registry: _Registry, school: SchoolPlan) -> None:
    """Twins and namesakes of a big school, in classes spread over it."""
    for every, knot in ((PUPILS_PER_TWINS, _twins), (PUPILS_PER_NAMESAKES, _namesakes)):
        step = max(1, round(every / IN_A_CLASS))
        for plan in school.classes[step // 2 :: step]:
            knot(registry, plan)


def _movement(made: Families, elapsed: list[dt.date], school: SchoolPlan) -> None:
    """Two pupils leave and one comes later, once there was time for it."""
    if len(elapsed) < 20:
        return
    for plan, share in ((school.first_of(7), 0.4), (school.first_of(10), 0.7)):
        _leaves(made, plan, elapsed, share)
    _comes(made, school.shown, elapsed, 0.3)


def _much_movement(registry: _Registry, elapsed: list[dt.date], school: SchoolPlan) -> None:
    """In a big school somebody leaves every third class, and somebody comes into every fourth."""
    if len(elapsed) < 20:
        return
    for plan in school.classes:
        if plan is not school.shown and registry.rng.random() < 1 / 3:
            _leaves(registry.made, plan, elapsed, registry.rng.uniform(0.1, 0.95))
        elif registry.rng.random() < 1 / 4:
            _comes(registry.made, plan, elapsed, registry.rng.uniform(0.05, 0.9))


def _leaves(made: Families, plan: ClassPlan, elapsed: list[dt.date], share: float) -> None:
    index = max(i for i, pupil in enumerate(made.pupils) if pupil.class_name == plan.name)
    made.pupils[index] = replace(made.pupils[index], to_day=elapsed[int(len(elapsed) * share)])


def _comes(made: Families, plan: ClassPlan, elapsed: list[dt.date], share: float) -> None:
    index = max(i for i, pupil in enumerate(made.pupils) if pupil.class_name == plan.name)
    made.pupils[index] = replace(made.pupils[index], from_day=elapsed[int(len(elapsed) * share)])


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
