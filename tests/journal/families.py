"""A class in which a pupil has a mother and a father, and what is written of him."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.common.db import Scope
from services.journal.personal_data.queries import gather
from tests.support.personal_data import Told, told_of
from tests.support.school import YEAR_START, Class, School, good, make_class


@dataclass
class Family:
    """A class with two pupils, of whom the first has a mother and a father."""

    taught: Class
    pupil: str
    classmate: str
    mother: str
    father: str

    @property
    def school(self) -> School:
        return self.taught.school

    @property
    def scope(self) -> Scope:
        """For rows that no route writes."""
        return Scope(school_id=self.school.id, actor="test")

    def column(self) -> str:
        """A column for answers in the first lesson."""
        new = {"lesson_id": self.taught.lessons[0], "work_type": "answer"}
        path = f"/courses/{self.taught.course_id}/line-items"
        return str(good(self.taught.teacher.post(path, new), 201)["id"])

    def write(self, student: str, symbol: str | None, base: int | None = None, **where: str) -> int:
        """Sets a cell, of a `line_item_id` or a `lesson_id`; its version."""
        cell = {"op_id": str(uuid.uuid4()), "student_id": student, "symbol": symbol, "base_version": base} | where
        body = {"line_items": [], "operations": [cell]}
        answer = good(self.taught.teacher.patch(f"/courses/{self.taught.course_id}/page", body))
        [[_, version]] = answer["applied"]
        return int(version)


def make_family(school: School) -> Family:
    """8А with two pupils; the first one's guardians have an address and a phone each."""
    taught = make_class(school, pupils=2)
    mother = school.person(["guardian"], "Ученикова", "Мария", email="mother@example.org", phone="+79000000001")
    father = school.person(["guardian"], "Учеников", "Пётр", email="father@example.org", phone="+79000000002")
    for guardian, relation in ((mother, "мать"), (father, "отец")):
        link = {"guardian_id": guardian, "student_id": taught.students[0], "relation": relation, "from": YEAR_START}
        good(school.journal().post("/guardianships", link), 201)
    return Family(taught, *taught.students, mother, father)


def of(school: School, person: str) -> Told:
    """What the journal tells of somebody, by section."""
    return told_of(school.suite.services["journal"], gather, school.id, person)
