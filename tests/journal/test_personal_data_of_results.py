"""What the journal tells of results: to the pupil each of them, to who wrote them numbers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine

from services.common.db import new_id
from tests.journal.families import Family, make_family, of
from tests.support.personal_data import filled, without
from tests.support.school import YEAR_START, School, good

NOW = "2026-11-25T09:00:00+00:00"


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


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


def test_an_excuse_that_was_annulled_and_a_period_mark_that_was_changed_are_told(family: Family) -> None:
    journal, pupil = family.school.journal(), family.pupil
    quarter = good(journal.get("/periods?grade=8"))["items"][1]
    path = f"/courses/{family.taught.course_id}/period-marks?period={quarter['id']}"
    for symbol, base in (("4", None), ("н/а", 1)):
        cell = {"op_id": str(uuid.uuid4()), "student_id": pupil, "symbol": symbol, "base_version": base}
        reason = {"reason": "valid"} if symbol == "н/а" else {}
        assert good(family.taught.teacher.put(path, {"operations": [cell | reason]}))["applied"]
    excuse = {"person": pupil, "id": new_id(), "author": family.taught.teacher_id}
    with family.school.suite.services["journal"].database.transaction(family.scope) as session:
        session.execute(_EXCUSE, excuse)
        session.execute(
            sa.text("UPDATE excuse SET annulled_at = now(), annul_reason = 'ошибка' WHERE id = :id"), excuse
        )
    told = of(family.school, pupil)
    [final] = told["period_marks"]
    assert (final["symbol"], final["reason"]) == ("н/а", "болезнь и другие уважительные причины")
    [annulled] = told["excuses"]
    assert (annulled["reason"], annulled["annul_reason"]) == ("неуважительная причина", "ошибка")
    assert annulled["annulled_at"] is not None
    changes = [(one["object"], one["about"], one["action"]) for one in told["result_changes"]]
    assert changes == [
        ("отметка за период", "II четверть Алгебра", "внесено"),
        ("отметка за период", "II четверть Алгебра", "изменено"),
        ("причина отсутствия", "16.11.2026", "внесено"),
        ("причина отсутствия", "16.11.2026", "изменено"),
    ]
    assert (
        told["result_changes"][1]["change"] == "отметка: 4 → н/а; причина: — → болезнь и другие уважительные причины"
    )


_EXCUSE = sa.text(
    "INSERT INTO excuse (school_id, id, student_id, from_day, to_day, reason, author_id, created_at)"
    " SELECT school_id, :id, person_id, '2026-11-16', '2026-11-17', 'invalid', :author, now()"
    " FROM student WHERE person_id = :person"
)


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
