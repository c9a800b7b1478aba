"""What the journal tells of somebody who asks what it keeps about him."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from services.journal.personal_data.queries import gather
from tests.journal.test_imports import LIST, commit, send
from tests.support.personal_data import Told, filled, told_of
from tests.support.school import YEAR_START, Class, School, good, make_class, make_school

NOW = "2026-11-25T09:00:00+00:00"


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def of(school: School, person: str) -> Told:
    return told_of(school.suite.services["journal"], gather, school.id, person)


def without(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


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


@pytest.fixture
def family(school: School) -> Family:
    taught = make_class(school, pupils=2)
    mother = school.person(["guardian"], "Ученикова", "Мария", email="mother@example.org", phone="+79000000001")
    father = school.person(["guardian"], "Учеников", "Пётр", email="father@example.org", phone="+79000000002")
    for guardian, relation in ((mother, "мать"), (father, "отец")):
        link = {"guardian_id": guardian, "student_id": taught.students[0], "relation": relation, "from": YEAR_START}
        good(school.journal().post("/guardianships", link), 201)
    return Family(taught, *taught.students, mother, father)


def test_a_pupil_is_told_his_card_and_his_own_results(family: Family) -> None:
    pupil, classmate = family.pupil, family.classmate
    column, lesson = family.column(), family.taught.lessons[1]
    family.write(pupil, "5", line_item_id=column)
    family.write(classmate, "2", line_item_id=column)
    family.write(pupil, "Н", lesson_id=lesson)
    family.write(classmate, "ОП", lesson_id=lesson)
    journal = family.school.journal()
    ill = {"student_id": pupil, "from": "2026-11-18", "to": "2026-11-19", "reason": "ill"}
    leader = {"person_id": family.taught.teacher_id, "from": YEAR_START}
    good(journal.put(f"/classes/{family.taught.class_id}/class-teacher", leader))
    good(family.taught.teacher.post("/excuses", ill), 201)
    quarter = good(journal.get("/periods?grade=8"))["items"][1]
    final = {"op_id": str(uuid.uuid4()), "student_id": pupil, "symbol": "4", "base_version": None}
    path = f"/courses/{family.taught.course_id}/period-marks?period={quarter['id']}"
    good(family.taught.teacher.put(path, {"operations": [final]}))
    told = of(family.school, pupil)
    assert told["card"] == [
        {
            "last_name": "Ученик00",
            "first_name": "Иван",
            "middle_name": "",
            "birth_date": "2012-03-01",
            "kinds": "ученик",
            "left_on": None,
        }
    ]
    assert told["student"] == [{"admitted_on": None, "order_number": "", "personal_file_number": "", "sex": ""}]
    term = {"class_name": "8А", "from_day": YEAR_START, "until": None}
    assert told["classes"] == [term | {"year": "2026/2027"}]
    teacher = {"author": "Османова Лиля Рустемовна"}
    algebra = {"class_name": "8А", "subject": "Алгебра"}
    assert without(told["marks"], "written_at") == [
        algebra
        | teacher
        | {
            "on_day": "2026-11-16",
            "work_type": "Ответ на уроке",
            "work_title": "",
            "symbol": "5",
            "value": "5",
            "made_up": False,
            "comment": "",
            "state": "действует",
        }
    ]
    assert told["marks"][0]["written_at"].startswith("2026-11-25T09:00:")
    assert without(told["attendance"], "written_at") == [
        algebra
        | teacher
        | {"on_day": "2026-11-18", "number": 2, "status": "не был", "minutes_late": None, "state": "действует"}
    ]
    assert without(told["excuses"], "written_at") == [
        teacher
        | {
            "from_day": "2026-11-18",
            "until": "2026-11-19",
            "reason": "болезнь",
            "annulled_at": None,
            "annul_reason": "",
        }
    ]
    assert without(told["period_marks"], "written_at") == [
        algebra
        | teacher
        | {
            "period": "II четверть",
            "year": "2026/2027",
            "symbol": "4",
            "reason": "",
            "comment": "",
            "state": "действует",
        }
    ]
    link = {"from_day": YEAR_START, "until": None, "restricted": False}
    assert told["guardians"] == [
        {"name": "Учеников Пётр", "relation": "отец"} | link,
        {"name": "Ученикова Мария", "relation": "мать"} | link,
    ]
    assert filled(told) == {
        "card", "student", "classes", "marks", "attendance", "excuses", "period_marks", "guardians", "changes",
    }  # fmt: skip


def test_what_was_taken_back_is_told_with_its_history(family: Family) -> None:
    pupil, here, column = family.pupil, family.taught.lessons[1], family.column()
    version = family.write(pupil, "2", line_item_id=column)
    version = family.write(pupil, "4", version, line_item_id=column, comment="переписал")
    family.write(pupil, None, version, line_item_id=column)
    assert [(one["symbol"], one["state"]) for one in of(family.school, pupil)["marks"]] == [(None, "снята")]
    good(family.taught.teacher.post(f"/line-items/{column}/annul", {"reason": "не та работа"}))
    version = family.write(pupil, "Н", lesson_id=here)
    family.write(pupil, None, version, lesson_id=here)
    told = of(family.school, pupil)
    assert [(one["symbol"], one["state"]) for one in told["marks"]] == [(None, "работа отменена")]
    assert [(one["status"], one["state"]) for one in told["attendance"]] == [(None, "снята")]
    assert [(one["object"], one["about"], one["action"], one["change"]) for one in told["result_changes"]] == [
        ("отметка", "16.11.2026 Алгебра", "внесено", "отметка: 2; в клетке: первая; взамен прежней: нет"),
        ("отметка", "16.11.2026 Алгебра", "изменено", "отметка: 2 → 4; комментарий: — → переписал"),
        ("отметка", "16.11.2026 Алгебра", "изменено", "отметка: 4 → —; комментарий: переписал → —"),
        ("посещаемость", "18.11.2026 Алгебра", "внесено", "посещение: не был"),
        ("посещаемость", "18.11.2026 Алгебра", "изменено", "посещение: не был → —"),
    ]  # fmt: skip
    assert {one["author"] for one in told["result_changes"]} == {"Османова Лиля Рустемовна"}


def test_a_guardian_is_told_his_own_card_and_whom_he_answers_for(family: Family) -> None:
    family.write(family.pupil, "5", line_item_id=family.column())
    told = of(family.school, family.mother)
    assert told["contacts"] == [
        {"kind": "электронная почта", "value": "mother@example.org"},
        {"kind": "телефон", "value": "+79000000001"},
    ]
    assert told["wards"] == [
        {"name": "Ученик00 Иван", "relation": "мать", "from_day": YEAR_START, "until": None, "restricted": False}
    ]
    assert filled(told) == {"card", "contacts", "wards", "changes"}, "the marks are the child's to be told"


def test_of_other_people_nothing_comes_out_but_names(family: Family) -> None:
    family.write(family.classmate, "3", line_item_id=family.column(), comment="тайна")
    pupils, mothers = (
        json.dumps(of(family.school, one), ensure_ascii=False) for one in (family.pupil, family.mother)
    )
    for secret in ("Ученик01", "тайна", "@example.org", "+7900"):
        assert secret not in pupils, "a classmate, or how guardians are reached"
    for secret in ("Ученик01", "тайна", "father@example.org", "+79000000002", "Пётр"):
        assert secret not in mothers, "a classmate, or the other guardian"


def test_a_teacher_is_told_numbers_of_what_he_wrote(family: Family) -> None:
    school, teacher = family.school, family.taught.teacher_id
    column = family.column()
    family.write(family.pupil, "5", line_item_id=column)
    family.write(family.classmate, "4", line_item_id=column)
    family.write(family.pupil, "Н", lesson_id=family.taught.lessons[1])
    roll = {"checked": True, "entries": [{"student_id": family.pupil, "status": "absent"}]}
    tag = family.taught.teacher.get(f"/lessons/{family.taught.lessons[1]}/attendance").headers["ETag"]
    path = f"/lessons/{family.taught.lessons[1]}"
    good(family.taught.teacher.put(f"{path}/attendance", roll, headers={"If-Match": tag}))
    tag = family.taught.teacher.get(path).headers["ETag"]
    good(family.taught.teacher.patch(path, {"status": "held"}, headers={"If-Match": tag}))
    leader = {"person_id": teacher, "from": YEAR_START}
    good(school.journal().put(f"/classes/{family.taught.class_id}/class-teacher", leader))
    good(family.taught.teacher.get(f"/people/{family.pupil}"))
    told = of(school, teacher)
    assert told["card"][0]["kinds"] == "сотрудник"
    assert told["staff"] == [{"position": "учитель"}]
    term = {"class_name": "8А", "from_day": YEAR_START, "until": None}
    assert told["class_teacher"] == [term]
    assert told["courses"] == [term | {"subject": "Алгебра", "lessons": 1}]
    assert [tuple(one.values()) for one in told["entries"]] == [
        ("отметки", "8А", "Алгебра", 2),
        ("посещаемость", "8А", "Алгебра", 1),
        ("переклички", "8А", "Алгебра", 1),
    ]
    assert without(told["card_views_made"], "first_at", "last_at") == [{"views": 1, "people": 1}]
    assert "Ученик" not in json.dumps(told, ensure_ascii=False), "the pupils' names are not his"


def test_who_looked_at_a_card_is_told_to_whom_it_belongs(family: Family) -> None:
    good(family.school.journal().get(f"/people/{family.mother}"))
    [look] = of(family.school, family.mother)["card_views"]
    assert look["viewer"] == "Аметова Эльмаз Рустемовна"
    assert look["at"].startswith("2026-11-25T09:00:")
    assert of(family.school, family.father)["card_views"] == []


def test_the_history_of_a_card_hides_what_the_log_hides(family: Family) -> None:
    journal = family.school.journal()
    tag = {"If-Match": journal.get(f"/people/{family.mother}").headers["ETag"]}
    good(journal.patch(f"/people/{family.mother}", {"last_name": "Белова", "phone": "+79000000009"}, headers=tag))
    told = of(family.school, family.mother)["changes"]
    assert [(one["object"], one["about"], one["action"], one["change"]) for one in told][-2:] in (
        [("карточка", "", "изменено", "фамилия: Ученикова → Белова"), ("контакт", "", "изменено", "значение: … → …")],
        [("контакт", "", "изменено", "значение: … → …"), ("карточка", "", "изменено", "фамилия: Ученикова → Белова")],
    )
    assert ("представительство", "Ученик00 Иван") in [(one["object"], one["about"]) for one in told]
    assert {one["author"] for one in told} == {"Аметова Эльмаз Рустемовна"}
    assert {one["origin"] for one in told} == {"сотрудником или семьёй"}


def test_lists_that_name_somebody_are_told_of(school: School) -> None:
    made = send(school, LIST)
    commit(school, made)
    people = good(school.journal().get("/people?limit=100"))["items"]
    pupil, father = (
        next(str(one["id"]) for one in people if (one["last_name"], one["first_name"]) == name)
        for name in (("Рощина", "Ульяна"), ("Рощин", "Олег"))
    )
    stranger = school.person(["student"], "Рощина", "Вера", birth_date="2013-03-14")
    consent = {"guardian": "Рощин Олег Юрьевич", "student": "Рощина Ульяна Олеговна", "decision": "согласие"}
    file = {"file_name": "список.csv"}
    for told in (of(school, pupil), of(school, father)):
        assert without(told["lists"], "created_at", "committed_at") == [file]
        assert consent | file in without(told["declared_consents"], "signed_on")
        assert told["lists"][0]["committed_at"].startswith("2026-11-25T09:00:")
    assert [one["guardian"] for one in of(school, father)["declared_consents"]] == ["Рощин Олег Юрьевич"]
    assert of(school, stranger)["lists"] == [], "another pupil of this surname and birthday"
    sender = of(school, str(school.admin_id))
    assert without(sender["imports"], "created_at", "committed_at") == [file]
    assert sender["lists"] == []


def test_whom_nobody_knows_has_sections_without_rows(family: Family) -> None:
    other = make_school(family.school.suite)
    service = family.school.suite.services["journal"]
    assert filled(of(family.school, str(uuid.uuid4()))) == set()
    assert filled(told_of(service, gather, other.id, family.pupil)) == set(), "another school's pupil"
    alone = family.school.person(["guardian"], "Тихая", "Нина")
    assert filled(of(family.school, alone)) == {"card", "changes"}
