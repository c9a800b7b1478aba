"""A class whose families decided differently, and courses enough for all numbered marks."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.running import BIRTH_DATE, Front, World, make_world

PUPILS = 25
COLUMNS = 10
"""Line items of one lesson and work type, as many as there may be."""

DECISIONS = {"both": 4, "given": 11, "refused": 4, "undecided": 3, "withdrawn": 3}
"""How many families: both guardians agree, one agrees, one refuses, nobody said anything, one agrees and will take
it back meanwhile."""


@dataclass(frozen=True)
class Family:
    """A pupil, and the addresses of the guardians."""

    student_id: str
    decision: str
    addresses: tuple[str, ...]
    consent_id: str
    """Of the first guardian's consent to mail, where there is one."""

    @property
    def agrees(self) -> bool:
        """Whether the family agreed, and will to the end."""
        return self.decision in ("both", "given")


@dataclass
class ClassOfFamilies:
    """The class as its teacher and the office see it."""

    world: World
    families: list[Family]
    courses: list[World]
    withdrawn: dict[str, float] = field(default_factory=dict)
    """By address, when the withdrawal was answered, in seconds since the epoch."""

    def withdraw(self, family: Family, persistently: Callable[..., Any]) -> None:
        """Takes a family's consent to mail back; from then on, but for five seconds, nothing may reach it."""
        path = f"accounts/v1/consents/{family.consent_id}/withdraw"
        persistently("POST", path, self.world.admin, {})
        self.withdrawn[family.addresses[0]] = time.time()


def make_families(front: Front, code: str, marks: int) -> ClassOfFamilies:
    """Pupils, guardians, decisions; a course for every 250 marks, each with the lesson of the year's first day."""
    world = make_world(front, code, {})
    kinds = [decision for decision, number in DECISIONS.items() for _ in range(number)]
    families = [_family(world, number, decision) for number, decision in enumerate(kinds)]
    needed = -(-marks // (PUPILS * COLUMNS))
    courses = [world.with_course(f"Предмет {number}", [world.year_start]) for number in range(1, needed + 1)]
    return ClassOfFamilies(world, families, courses)


def _family(world: World, number: int, decision: str) -> Family:
    call, admin, start = world.front.call, world.admin, world.year_start
    name = f"Ученик{chr(ord('а') + number)}"

    def person(kind: str, **more: Any) -> str:
        body = {"kinds": [kind], "last_name": name, "first_name": "Анна", **more}
        return str(call("POST", "journal/v1/people", admin, body, 201)["id"])

    student = person("student", birth_date=BIRTH_DATE)
    enrollment = {"student_id": student, "from": start}
    call("POST", f"journal/v1/classes/{world.class_id}/enrollments", admin, enrollment, 201)
    addresses = tuple(f"{decision}-{number}-{one}@example.org" for one in range(2 if decision == "both" else 1))
    consents: list[str] = []
    for address, relation in zip(addresses, ("мать", "отец"), strict=False):
        guardian = person("guardian", email=address)
        link = {"guardian_id": guardian, "student_id": student, "relation": relation, "from": start}
        call("POST", "journal/v1/guardianships", admin, link, 201)
        if decision == "undecided":
            continue
        said = "refused" if decision == "refused" else "given"
        for purpose in ("diary", "mail"):
            pair = {"student_id": student, "guardian_id": guardian, "purpose": purpose}
            body = pair | {"id": str(uuid.uuid4()), "decision": said, "signed_on": start}
            consents.append(str(call("POST", "accounts/v1/consents", admin, body, 201)["id"]))
    return Family(student, decision, addresses, consents[1] if consents else "")
