"""Sheets to sign: one purpose on each, for exactly those whose decision is missing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
import time_machine
from werkzeug.test import TestResponse

from services.accounts.consents.rules import Purpose
from services.common.db import new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import Journal, School
from tests.accounts.families import Family, make_family
from tests.accounts.test_consent_forms import publish_next

ALL = [str(purpose) for purpose in Purpose]


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


def pages(answer: TestResponse) -> list[str]:
    """The text of each page, its white space even."""
    assert answer.status_code == 200, answer.data[:300]
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    read = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return [" ".join(page.extract_text().split()) for page in read]


def of_pair(family: Family, *purposes: str, by: Any = None, signer: Any = None) -> TestResponse:
    body = {"student_id": str(family.child), "guardian_id": str(signer or family.mother), "purposes": purposes}
    return (by or family.api).post("/consent-forms/print", body)


def of_class(family: Family, *purposes: str, by: Any = None) -> TestResponse:
    body = {"class_id": str(family.class_id), "purposes": purposes}
    return (by or family.school.admin).post("/consent-forms/print-missing", body)


def test_a_sheet_says_all_that_the_law_wants_and_leaves_room_for_what_the_journal_does_not_hold(
    family: Family,
) -> None:
    (page,) = pages(of_pair(family, "diary"))
    for words in (
        "Иванова Анна Петровна", "Белов Пётр Ильич", "6Б класс",  # signer and subject
        "документ, удостоверяющий личность", "свидетельство о рождении или паспорт", "подтверждает полномочия",
        "Школа № 3, Симферополь, ул. Ореховая, 3",  # operator
        "Цель обработки", "Перечень данных", "Действия и способы обработки", "смешанная обработка",
        "до окончания обучения в школе", "Отзыв", "Если согласия нет", "даю согласие", "не даю согласия",
        "подпись", "расшифровка подписи", "дата", "Версия 1, действует с 25.11.2026",
    ):  # fmt: skip
        assert words in page, words


def test_each_purpose_is_a_sheet_of_its_own(family: Family) -> None:
    titles = [page.partition("Я,")[0] for page in pages(of_pair(family, *ALL))]
    assert len(set(titles)) == 4
    (photo,) = pages(of_pair(family, "photo"))
    assert photo.count("разрешаю") == photo.count("запрещаю") == 1
    assert "статьёй 10.1" in photo
    assert "school3.example.org" in photo


def test_what_was_decided_stands_on_the_version_on_which_it_was(family: Family) -> None:
    given = family.decide()
    publish_next(family.school, aim="Совсем другая цель.")
    (page,) = pages(of_pair(family, "diary"))
    assert "дано согласие 25.11.2026, в электронном виде" in page
    assert "Версия 1" in page
    ok(family.api.post(f"/consents/{given['id']}/withdraw"))
    assert "отозвано 25.11.2026" in pages(of_pair(family, "diary"))[0]


def test_a_class_is_printed_exactly_what_is_missing(family: Family) -> None:
    school = family.school
    father = school.person("guardian", name="Белов Илья Ильич")
    barred = school.person("guardian", name="Запретный Олег Ильич")
    grown = school.person("student", name="Взрослова Нина Ивановна", birth_date="2010-01-01")
    school.guards(father, family.child)
    school.guards(barred, family.child, restricted=True)
    school.enrolled(grown, family.class_id)
    printed = pages(of_class(family, "diary"))
    names = ("Иванова", "Белов Илья", "Запретный", "Взрослова")
    assert [name for page in printed for name in names if name in page] == ["Иванова", "Белов Илья", "Взрослова"]
    family.decide("refused")
    assert len(pages(of_class(family, "diary"))) == 2
    assert len(pages(of_class(family, "diary", "mail"))) == 2 + 3
    own = {"student_id": str(grown), "guardian_id": str(grown), "purpose": "diary", "decision": "given"}
    ok(school.admin.post("/consents", own), 201)
    ok(school.admin.post("/consents", family.decision() | {"guardian_id": str(father)}), 201)
    problem(of_class(family, "diary"), 409, "nothing-missing")


def test_who_prints(family: Family, make_school: Callable[[], School], journal: Journal) -> None:
    school = family.school
    other = school.person("guardian", name="Чужая Нина Ивановна")
    stranger = school.signed_in(other)
    father = school.person("guardian", name="Белов Илья Ильич")
    school.guards(father, family.child)
    problem(of_pair(family, "diary", by=stranger), 404)
    problem(of_pair(family, "diary", by=stranger, signer=other), 404)
    problem(of_pair(family, "diary", signer=father), 404)
    problem(of_class(family, "diary", by=family.api), 404)
    teacher = school.person("staff")
    journal.leads[str(teacher)] = [str(family.class_id)]
    leader = school.signed_in(teacher)
    assert len(pages(of_class(family, "diary", by=leader))) == 2
    assert len(pages(of_pair(family, "diary", by=leader))) == 1
    for kind in ("deputy", "director", "secretary"):
        assert len(pages(of_class(family, "diary", by=school.with_role(kind)))) == 2
    problem(of_class(family, "diary", by=school.with_role("deputy", classes=[str(new_id())])), 403)
    problem(of_class(family, "diary", by=school.with_role("medic")), 403)
    problem(of_class(family, "diary", by=make_school().admin), 404)
    problem(of_class(family, "diary", by=school.api()), 401)
    problem(of_class(family), 422)
    problem(of_class(family, "fun"), 422)


def test_the_longest_names_are_printed_whole(school: School) -> None:
    long = "Аб-" * 60
    mother = school.person("guardian", name=f"{long}а {long}б {long}в")
    child = school.person("student", name=f"{long}г {long}д {long}е")
    class_id = new_id()
    school.guards(mother, child)
    school.enrolled(child, class_id)
    body = {"class_id": str(class_id), "purposes": ["photo"]}
    text = "".join(pages(school.admin.post("/consent-forms/print-missing", body))).replace(" ", "")
    for name in "авге":
        assert f"{long}{name}" in text
