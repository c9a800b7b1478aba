"""Who of a document's audience has accepted it, class by class and among the staff."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.register.models import Person
from services.accounts.register.queries import Place, names_of_pupils

Where = Mapping[uuid.UUID, Sequence[Place]]


@dataclass(frozen=True)
class Count:
    """Of a class with its families, or of the staff."""

    class_id: uuid.UUID | None
    class_name: str
    asked: int
    accepted: int

    @property
    def order(self) -> tuple[int, str]:
        """The staff first, then classes by grade: 10А comes after 9Б."""
        digits = re.match(r"\d*", self.class_name)
        return int(digits[0]) if digits and digits[0] else 0, self.class_name


def counts(meant: Sequence[Person], where: Where, done: Collection[uuid.UUID]) -> list[Count]:
    """Whoever belongs to two classes is counted in both."""
    asked: Counter[tuple[uuid.UUID | None, str]] = Counter()
    accepted: Counter[tuple[uuid.UUID | None, str]] = Counter()
    for person in meant:
        for key in _groups(person, where):
            asked[key] += 1
            accepted[key] += person.id in done
    return [Count(*key, asked[key], accepted[key]) for key in asked]


def missing(
    session: Session, meant: Sequence[Person], where: Where, done: Collection[uuid.UUID], class_id: uuid.UUID | None
) -> list[dict[str, Any]]:
    """Who of a class, or of the staff, has not, by name."""
    late = [
        person
        for person in meant
        if person.id not in done and class_id in {group for group, _ in _groups(person, where)}
    ]
    children = {
        person.id: [
            place
            for place in where.get(person.id, ())
            if place.class_id == class_id and place.student_id != person.id
        ]
        for person in late
    }
    names = names_of_pupils(session, [place for some in children.values() for place in some])
    return [
        {
            "person_id": person.id,
            "name": person.name,
            "kinds": person.kinds,
            "students": sorted(names.get(place.student_id, "") for place in children[person.id]),
        }
        for person in late
    ]


def _groups(person: Person, where: Where) -> set[tuple[uuid.UUID | None, str]]:
    found: set[tuple[uuid.UUID | None, str]] = {
        (place.class_id, place.class_name) for place in where.get(person.id, ())
    }
    if "staff" in person.kinds:
        found.add((None, ""))
    return found
