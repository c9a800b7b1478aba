"""A class list comes in through the routes: what the preview says is what happens, once."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
import xlsxwriter

from services.common.app import LARGEST_UPLOAD
from services.common.identity import FRESH_SECONDS
from tests.support.school import School, good

NOW = "2026-11-25T09:00:00+00:00"
LIST = (
    "Класс;Фамилия;Имя;Отчество;Дата рождения;Пол;№ личного дела;Дата зачисления;Приказ №;Родитель 1 ФИО;Родство 1;"
    "Телефон 1;E-mail 1;Согласие 1;Родитель 2 ФИО;Родство 2;Телефон 2;E-mail 2;Согласие 2\r\n"
    "7В;Рощина;Ульяна;Олеговна;14.03.2013;ж;Р-101;01.09.2025;45-к;Рощин Олег Юрьевич;отец;+7 900 000-11-01;"
    "roschin@example.org;да;Рощина Инна Павловна;мать;8 (900) 0001102;roschina@example.org;нет\r\n"
    "7В;Ёлкин;Тимур;;02.11.2012;м;Е-017;01.09.2025;45-к;Ёлкина Нина Ильинична;мать;+79000001103;elkina@example.org;"
    "да;;;;;\r\n"
    "7 «В»;О’Брайен;Дина;Павловна;30.01.2013;ж;О-003;01.09.2025;45-к;О’Брайен Павел Андреевич;отец;;;;;;;;\r\n"
)


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def send(school: School, data: bytes | str, status: int = 201, token: str | None = None, **more: Any) -> Any:
    content = data.encode("cp1251") if isinstance(data, str) else data
    form = {"kind": "students", "file": (io.BytesIO(content), "список.csv")}
    answer = school.journal(token).call("POST", "/imports", data=form, content_type="multipart/form-data", **more)
    return good(answer, status)


def commit(school: School, made: Any, status: int = 200) -> Any:
    return good(school.journal().post(f"/imports/{made['id']}/commit", {"digest": made["digest"]}), status)


def people(school: School, kind: str) -> list[Any]:
    return list(good(school.journal().get(f"/people?kind={kind}"))["items"])


def test_a_list_comes_in_and_only_who_consented_may_read(school: School) -> None:
    made = send(school, LIST)
    assert (made["encoding"], made["problems"]) == ("Windows-1251", [])
    assert [column["field"] for column in made["columns"]][:2] == ["class", "last_name"]
    assert not any(column["guessed"] for column in made["columns"])
    assert [(row["row"], row["action"]) for row in made["preview"]["rows"]] == [
        (2, "insert"),
        (3, "insert"),
        (4, "insert"),
    ]
    counts = made["preview"]["counts"]
    assert counts == {
        "insert": 3,
        "change": 0,
        "unchanged": 0,
        "classes": 1,
        "enrollments": 3,
        "guardians": 4,
        "guardianships": 4,
        "consents": 2,
        "refusals": 1,
    }
    assert people(school, "student") == []

    assert commit(school, made)["counts"] == counts
    school.suite.deliver()

    (school_class,) = good(school.journal().get("/classes"))["items"]
    assert (school_class["name"], school_class["students"]) == ("7В", 3)
    students = {person["last_name"]: person for person in people(school, "student")}
    assert list(students) == ["Ёлкин", "О’Брайен", "Рощина"]
    guardians = {person["first_name"]: person for person in people(school, "guardian")}
    assert guardians["Инна"]["phone"] == "+79000001102"
    decisions = {
        (row["student_id"], row["guardian_id"], row["purpose"]): row["decision"]
        for row in good(school.accounts().get(f"/consents?class={school_class['id']}"))["items"]
    }
    child = students["Рощина"]["id"]
    assert {
        decisions[child, guardians["Олег"]["id"], "diary"],
        decisions[child, guardians["Олег"]["id"], "mail"],
    } == {"given"}
    assert decisions[child, guardians["Инна"]["id"], "mail"] == "refused"
    assert decisions[students["О’Брайен"]["id"], guardians["Павел"]["id"], "diary"] is None

    father = school.sign_in(guardians["Олег"]["id"], child_birth_date="2013-03-14")
    good(school.journal(father).get(f"/diary?student={child}"))
    mother = school.sign_in(guardians["Инна"]["id"], child_birth_date="2013-03-14")
    good(school.journal(mother).get(f"/diary?student={child}"), 403)


def test_the_commit_again_and_the_list_again_change_nothing(school: School) -> None:
    made = send(school, LIST)
    first = commit(school, made)
    assert commit(school, made) == first
    again = send(school, LIST)
    assert {row["action"] for row in again["preview"]["rows"]} == {"unchanged"}
    assert again["problems"] == []
    commit(school, again)
    assert (len(people(school, "student")), len(people(school, "guardian"))) == (3, 4)


def test_nothing_is_stored_while_a_row_is_broken_and_all_is_said(school: School) -> None:
    broken = LIST.replace("02.11.2012", "32.11.2012").replace("roschina@example.org", "roschina.example.org")
    made = send(school, broken + "7В;Рощина;Ульяна;Олеговна;14.03.2013;;;;;;;;;;;;;;\r\n")
    assert [(one["row"], one["column"], one["code"], one["level"]) for one in made["problems"]] == [
        (2, "E-mail 2", "bad-email", "error"),
        (3, "Дата рождения", "bad-date", "error"),
    ]
    assert made["problems"][1]["message"] == "«32.11.2012» – не дата. Пишут так: 14.03.2014."
    refused = good(school.journal().post(f"/imports/{made['id']}/commit", {"digest": made["digest"]}), 409)
    assert refused["type"].endswith("has-problems")
    assert people(school, "student") == []
    english = send(school, broken, headers={"Accept-Language": "en"})
    assert english["problems"][1]["message"] == "“32.11.2012” is not a date, such as 14.03.2014."


def test_a_register_that_moved_meanwhile_needs_a_new_look(school: School) -> None:
    made = send(school, LIST)
    person = school.person(["student"], "Рощина", "Ульяна", middle_name="Олеговна", birth_date="2013-03-14")
    refused = commit(school, made, 409)
    assert refused["type"].endswith("plan-changed")
    looked = good(school.journal().get(f"/imports/{made['id']}"))
    assert looked["digest"] == refused["digest"] != made["digest"]
    commit(school, looked)
    assert person in {one["id"] for one in people(school, "student")}
    assert len(people(school, "student")) == 3


def test_no_over_an_imported_yes_closes_the_diary_at_the_commit(school: School) -> None:
    commit(school, send(school, LIST))
    school.suite.deliver()
    father = next(one for one in people(school, "guardian") if one["first_name"] == "Олег")
    token = school.sign_in(father["id"], child_birth_date="2013-03-14")
    child = next(one for one in people(school, "student") if one["last_name"] == "Рощина")
    good(school.journal(token).get(f"/diary?student={child['id']}"))
    commit(school, send(school, LIST.replace("roschin@example.org;да", "roschin@example.org;нет")))
    # Not delivered yet: the withdrawal was asked for by HTTP. What journal remembers of a person is good for 4 s.
    time.sleep(FRESH_SECONDS)
    good(school.journal(token).get(f"/diary?student={child['id']}"), 403)


def test_a_workbook_and_a_mapping_by_hand(school: School) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("5А")
        rows: list[list[Any]] = [
            ["Список класса"],
            ["№", "Кто", "День", "Класс", "Мама", "Телефон"],
            [1, "Гусева Анна Петровна", "01.02.2015", "5A", "Гусева Мария", 89000001201],
            [2, "Гусев Лев Петрович", "01.02.2015", "5A", "Гусева Мария", 89000001201],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    made = send(school, buffer.getvalue())
    assert [one["code"] for one in made["problems"]] == ["missing-column"] * 3
    mapping = ["number", "full_name", "birth_date", "class", "guardian1_name", "guardian1_phone"]
    path = f"/imports/{made['id']}/mapping"
    assert good(school.journal().put(path, {"mapping": mapping[:-1]}), 422)["errors"][0]["pointer"] == "/mapping"
    good(school.journal().put(path, {"mapping": [*mapping[:-1], "full_name"]}), 422)
    mapped = good(school.journal().put(path, {"mapping": mapping}))
    assert {one["level"] for one in mapped["problems"]} == {"warning"}
    commit(school, mapped)
    assert [one["phone"] for one in people(school, "guardian")] == ["+79000001201"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty-file"), (bytes(range(128, 256)) * 5, "encoding"), (b"PK\x03\x04rubbish", "unreadable")],
)
def test_a_file_without_a_table_is_refused(school: School, data: bytes, code: str) -> None:
    assert send(school, data, 422)["type"].endswith(code)


def test_who_is_not_of_the_office_imports_nothing(school: School) -> None:
    teacher = school.sign_in(school.person(["staff"], "Османова", "Лиля"))
    send(school, LIST, 403, token=teacher)
    made = send(school, LIST)
    good(school.journal(teacher).get(f"/imports/{made['id']}"), 403)
    good(school.journal("").get(f"/imports/{made['id']}"), 401)


def test_bad_forms_are_refused_with_pointers(school: School) -> None:
    journal = school.journal()
    good(journal.call("POST", "/imports", data={"kind": "students"}, content_type="multipart/form-data"), 422)
    form = {"kind": "marks", "file": (io.BytesIO(b"x"), "x.csv")}
    good(journal.call("POST", "/imports", data=form, content_type="multipart/form-data"), 422)
    made = send(school, LIST)
    good(journal.post(f"/imports/{made['id']}/commit", {"digest": "0"}), 422)
    good(journal.post(f"/imports/{made['id']}/commit", {"digest": "0" * 64}), 409)
    big = b"x" * (LARGEST_UPLOAD + 1)
    good(journal.call("POST", "/imports", data=big, content_type="multipart/form-data; boundary=x"), 413)
