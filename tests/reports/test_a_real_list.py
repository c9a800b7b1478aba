"""The results of a class that came in as a list: names as in the file, every figure of the footer by hand."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from services.reports.class_period_results.xlsx import HEAD
from tests.reports.test_class_period_results import text_of
from tests.support.desk import Desk
from tests.support.school import YEAR_START, School, good
from tests.support.suite import Api
from tests.system.class_lists import two_guardians

MARKS = {"Алгебра": "5 н/а 4", "История": "4 3 осв"}
"""By subject, of the three pupils in the order of lists: Ёлкин, О’Брайен, Рощина."""


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


def _take_in(journal: Api) -> str:
    """Brings the list in; the class."""
    form = {"kind": "students", "file": (io.BytesIO(two_guardians("example.org").data), "7В.csv")}
    made = good(journal.call("POST", "/imports", data=form, content_type="multipart/form-data"), 201)
    good(journal.post(f"/imports/{made['id']}/commit", {"digest": made["digest"]}))
    return str(good(journal.get("/classes"))["items"][0]["id"])


def _give(school: School, class_id: str, teacher_id: str, subject: str, period: str) -> None:
    journal = school.journal()
    subject_id = good(journal.post("/subjects", {"name": subject}), 201)["id"]
    term = {"person_id": teacher_id, "from": YEAR_START}
    course = good(journal.post("/courses", {"class_id": class_id, "subject_id": subject_id, "teachers": [term]}), 201)
    students = [one["id"] for one in good(journal.get(f"/classes/{class_id}/students"))["items"]]
    cells: list[dict[str, Any]] = []
    for student, symbol in zip(students, MARKS[subject].split(), strict=True):
        cell = {"op_id": str(uuid.uuid4()), "student_id": student, "symbol": symbol, "base_version": None}
        cells.append(cell | ({"reason": "valid"} if symbol == "н/а" else {}))
    teacher = school.journal(school.sign_in(teacher_id))
    answer = good(teacher.put(f"/courses/{course['id']}/period-marks?period={period}", {"operations": cells}))
    assert len(answer["applied"]) == len(students)


def test_names_of_the_file_and_every_figure_of_the_footer(school: School) -> None:
    journal = school.journal()
    class_id = _take_in(journal)
    teacher_id = school.person(["staff"], "Соколова", "Инна", middle_name="Львовна", position="учитель")
    period = good(journal.get("/periods?grade=7"))["items"][0]["id"]
    for subject in MARKS:
        _give(school, class_id, teacher_id, subject, period)
    reports = school.suite.api("reports", school.admin_token)
    body = {"form": "class_period_results", "parameters": {"class": class_id, "period": period}}
    job = good(reports.post("/reports", body), 202)["id"]
    Desk(school).work()

    text = text_of(reports.get(f"/reports/{job}/files/pdf").data)
    for name in ("Ёлкин Тимур", "О’Брайен Дина Павловна", "Рощина Ульяна Олеговна"):
        assert name in text
    book = CalamineWorkbook.from_filelike(io.BytesIO(reports.get(f"/reports/{job}/files/xlsx").data))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    pupils = rows[HEAD + 1 : HEAD + 4]
    assert [row[1:5] for row in pupils] == [
        ["Ёлкин Тимур", 5.0, 4.0, 4.5],
        ["О’Брайен Дина Павловна", "н/а", 3.0, 3.0],
        ["Рощина Ульяна Олеговна", 4.0, "осв", 4.0],
    ]
    assert [row[11] for row in pupils] == ["с одной «4»", "не аттестован", "с одной «4»"]
    footer = {row[1]: row[2:4] for row in rows[HEAD + 4 :] if row[1]}
    assert footer["Отметок «5»"] == [1.0, ""]
    assert footer["Отметок «4»"] == [1.0, 1.0]
    assert footer["Отметок «3»"] == ["", 1.0]
    assert footer["Отметок «2»"] == ["", ""]
    assert footer["Отметок «н/а»"] == [1.0, ""]
    assert footer["Отметок «осв»"] == ["", 1.0]
    assert footer["Успеваемость, %"] == [66.7, 100.0], "not attested counts, exempt does not"
    assert footer["Качество знаний, %"] == [66.7, 50.0]
    assert footer["СОУ, %"] == [57.0, 50.0], "(100 + 64 + 7) / 3 and (64 + 36) / 2"
    assert footer["Средний балл"] == [4.5, 3.5]
    assert footer["Учитель"] == ["Соколова\xa0И.\xa0Л."] * 2
    assert footer["Успеваемость класса, %"][0] == 66.7
    assert footer["Качество знаний класса, %"][0] == 66.7
    assert footer["СОУ класса, %"][0] == 54.2, "(100 + 64 + 7 + 64 + 36) / 5"
    assert footer["Средний балл класса"][0] == 4.0
    assert footer["Обучающихся"][0] == 3
    assert (footer["На «4» и «5»"][0], footer["   из них с одной «4»"][0], footer["Не аттестованы"][0]) == (2, 2, 1)
