"""A school for one test, made the way schools are made: by accounts, heard of by journal."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.accounts.schools.commands import create_school
from services.common.db import Scope
from tests.support.suite import Api, Suite

PASSWORD = "семь-раз-отмерь-42"
YEAR_START = "2026-09-01"
DAYS = ("2026-11-16", "2026-11-18")


def good(answer: Any, status: int = 200) -> Any:
    """The JSON of an answer that must have succeeded."""
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[:500])
    return answer.json


@dataclass
class School:
    """A school with its administrator signed in."""

    suite: Suite
    id: uuid.UUID
    admin_id: uuid.UUID
    admin_token: str
    tokens: dict[str, str] = field(default_factory=dict)

    def journal(self, token: str | None = None) -> Api:
        return self.suite.api("journal", self.admin_token if token is None else token)

    def accounts(self, token: str | None = None) -> Api:
        return self.suite.api("accounts", self.admin_token if token is None else token)

    def person(self, kinds: Sequence[str], last_name: str, first_name: str, **more: Any) -> str:
        """Registers somebody through the route; the id."""
        body = {"kinds": list(kinds), "last_name": last_name, "first_name": first_name, **more}
        return str(good(self.journal().post("/people", body), 201)["id"])

    def sign_in(self, person_id: str, **activation: Any) -> str:
        """A token of somebody in the register: code, activation, session."""
        if person_id not in self.tokens:
            self.suite.deliver()
            code = good(self.accounts().post("/credentials", {"person_ids": [person_id]}), 201)["items"][0]["code"]
            body = {"code": code, "password": PASSWORD, **activation}
            answer = self.suite.api("accounts").post("/credentials/activate", body)
            self.tokens[person_id] = good(answer, 201)["token"]
        return self.tokens[person_id]


def make_school(suite: Suite, name: str = "Школа № 7", zone: str = "Europe/Simferopol") -> School:
    """A fresh school whose administrator has used the code of its creation."""
    with suite.services["accounts"].database.transaction(Scope(actor="command:create-school")) as session:
        address, site = "Симферополь, ул. Ореховая, 7", "school7.example.org"
        made = create_school(session, name, zone, "Аметова Эльмаз Рустемовна", address=address, site=site)
    suite.deliver()
    body = {"code": made.code, "password": PASSWORD}
    token = good(suite.api("accounts").post("/credentials/activate", body), 201)["token"]
    return School(suite, made.school_id, made.person_id, token)


@dataclass
class Class:
    """A class with pupils, a course, its teacher and lessons."""

    school: School
    class_id: str
    course_id: str
    teacher_id: str
    teacher: Api
    students: list[str]
    lessons: list[str]

    def another_course(self, subject: str, days: Sequence[str] = DAYS) -> Class:
        """The same class in another of its teacher's courses."""
        course_id, lessons = _make_course(self.school, self.class_id, self.teacher_id, subject, days)
        return replace(self, course_id=course_id, lessons=lessons)


def make_class(school: School, pupils: int = 3, days: Sequence[str] = DAYS) -> Class:
    """8А with pupils from the first of September and algebra on the given days, through the routes."""
    journal = school.journal()
    class_id = good(journal.post("/classes", {"grade_level": 8, "letter": "А"}), 201)["id"]
    students = []
    for number in range(pupils):
        student = school.person(["student"], f"Ученик{number:02}", "Иван", birth_date=str(dt.date(2012, 3, 1)))
        good(journal.post(f"/classes/{class_id}/enrollments", {"student_id": student, "from": YEAR_START}), 201)
        students.append(student)
    teacher_id = school.person(["staff"], "Османова", "Лиля", middle_name="Рустемовна", position="учитель")
    course_id, lessons = _make_course(school, class_id, teacher_id, "Алгебра", days)
    teacher = school.journal(school.sign_in(teacher_id))
    return Class(school, class_id, course_id, teacher_id, teacher, students, lessons)


def _make_course(
    school: School, class_id: str, teacher_id: str, subject: str, days: Sequence[str]
) -> tuple[str, list[str]]:
    journal = school.journal()
    subject_id = good(journal.post("/subjects", {"name": subject}), 201)["id"]
    course = {
        "class_id": class_id,
        "subject_id": subject_id,
        "teachers": [{"person_id": teacher_id, "from": YEAR_START}],
    }
    course_id = good(journal.post("/courses", course), 201)["id"]
    lessons = good(journal.post(f"/courses/{course_id}/lessons", {"dates": list(days), "number": 2}), 201)["items"]
    return course_id, [lesson["id"] for lesson in lessons]
