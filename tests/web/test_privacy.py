"""The pages of requests about personal data: a guardian asks, the office answers, the terms press."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.support.personal_data import gather_all
from tests.support.school import YEAR_START, School, good, make_class
from tests.web.conftest import Pages


@pytest.fixture
def visit(web: flask.Flask) -> Callable[[str], Pages]:
    return lambda token: Pages(web.test_client()).sign_in(token)


class Home:
    """A guardian with a child, and the office."""

    def __init__(self, school: School, visit: Callable[[str], Pages]) -> None:
        self.school, self.visit = school, visit
        self.child = make_class(school, pupils=1).students[0]
        self.guardian = school.person(["guardian"], "Ларина", "Ольга", email="larina@example.org")
        link = {"guardian_id": self.guardian, "student_id": self.child, "relation": "мать", "from": YEAR_START}
        good(school.journal().post("/guardianships", link), 201)
        self.mother = visit(school.sign_in(self.guardian, child_birth_date="2012-03-01"))
        self.admin = visit(school.admin_token)
        director = school.person(["staff"], "Главная", "Инна")
        role = {"person_id": director, "kind": "director", "from": YEAR_START}
        good(school.accounts().post("/roles", role), 201)
        self.director = visit(school.sign_in(director))

    def ask(self, kind: str = "access", **more: str) -> str:
        """The page of a request that the guardian makes about her child."""
        made = self.mother.post("/privacy", {"kind": kind, "subject_id": self.child, **more})
        assert made.status_code == 303, made.text
        return str(made.headers["Location"]).partition("?")[0]


@pytest.fixture
def home(school: School, visit: Callable[[str], Pages]) -> Home:
    return Home(school, visit)


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_a_guardian_asks_and_gets_the_file_when_the_school_has_answered(home: Home) -> None:
    consent = {"student_id": home.child, "guardian_id": home.guardian, "purpose": "diary", "decision": "given"}
    good(home.school.accounts().post("/consents", consent), 201)
    assert "Обо мне" in home.mother.get("/privacy").text
    page = home.ask(text="За все годы")
    shown = text_of(home.mother.get(f"{page}?made=1"))
    for words in ("Запрос принят", "За все годы", "осталось 10 рабочих дней", "9 декабря 2026", "собирается"):
        assert words in shown
    assert "Ответить" not in shown.replace("Ответить до", "")
    early = home.admin.post(f"{page}/answer", {"outcome": "granted", "answer": "Вот."})
    assert (early.status_code, "не все части" in early.text) == (409, True)
    gather_all(home.school)
    assert "Открыть PDF" not in home.mother.get(page).text
    assert "Открыть PDF" not in home.admin.get(page).text, "nor does the administrator open it"
    assert "Открыть PDF" in home.director.get(page).text
    assert home.director.post(f"{page}/answer", {"outcome": "granted", "answer": "Вот всё."}).status_code == 303
    answered = text_of(home.mother.get(page))
    assert "Вот всё." in answered
    assert "Главная Инна" in answered
    file = home.mother.post(f"{page}/copy", {"form": "pdf"})
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    data = home.mother.post(f"{page}/copy", {"form": "json"})
    told = {part["service"]: part["sections"] for part in data.json["services"]}
    card = next(one for one in told["journal"] if one["name"] == "card")
    assert card["rows"][0]["last_name"] == "Ученик00"
    assert "attachment" in data.headers["Content-Disposition"]


def test_without_a_consent_to_the_diary_the_page_says_where_the_paper_is(home: Home) -> None:
    page = home.ask()
    gather_all(home.school)
    home.director.post(f"{page}/answer", {"outcome": "granted", "answer": "Готово."})
    assert "подойдите в канцелярию" in home.mother.get(page).text
    refused = home.mother.post(f"{page}/copy", {"form": "pdf"})
    assert (refused.status_code, "отдаёт на бумаге" in refused.text) == (403, True)


def test_what_is_missing_is_said_beside_the_form(home: Home) -> None:
    assert home.mother.post("/privacy", {"kind": "all", "subject_id": home.child}).status_code == 422
    page = home.ask("erasure")
    again = home.mother.post("/privacy", {"kind": "erasure", "subject_id": home.child})
    assert (again.status_code, "Такой запрос уже подан" in again.text) == (409, True)
    for body, words in (
        ({"outcome": "refused", "answer": "Нельзя."}, "Выберите основание отказа."),
        ({"outcome": "granted", "answer": ""}, "Напишите ответ"),
        ({"answer": "Да."}, "Выберите решение."),
    ):
        answer = home.admin.post(f"{page}/answer", body)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert "почему нужно больше времени" in home.admin.post(f"{page}/extend", {}).text
    body = {"outcome": "refused", "grounds": "kept_by_law", "answer": "Журнал хранится 5 лет."}
    assert home.admin.post(f"{page}/answer", body).status_code == 303
    shown = text_of(home.mother.get(page))
    assert "Закон обязывает хранить эти данные" in shown
    assert "Журнал хранится 5 лет." in shown
    twice = home.admin.post(f"{page}/answer", body)
    assert (twice.status_code, "уже ответили" in twice.text) == (409, True)


def test_the_office_writes_a_paper_down_and_sees_what_presses(home: Home) -> None:
    form = home.admin.get(f"/people/{home.child}/privacy").text
    assert "Ларина Ольга" in form
    body = {"kind": "correction", "requester_id": home.guardian, "document": "№ 7", "received_on": "2026-11-20"}
    late = home.admin.post(f"/people/{home.child}/privacy", body | {"received_on": "2027-01-01"})
    assert (late.status_code, "не позже сегодняшнего" in late.text) == (422, True)
    made = home.admin.post(f"/people/{home.child}/privacy", body)
    assert made.status_code == 303, made.text
    listed = text_of(home.admin.get("/people/privacy"))
    assert "№ 1. Исправить" in listed
    assert "осталось 4 рабочих дня" in listed
    assert "срок ответа" not in home.admin.get("/").text


def test_what_presses_is_said_on_every_page_of_who_answers(home: Home) -> None:
    page = home.ask("restriction")
    assert "Скоро срок ответа на 1 запрос" in text_of(home.visit(home.school.admin_token).get("/people/privacy"))
    assert "срок ответа" not in home.mother.get("/privacy").text, "no business of others"
    home.admin.post(f"{page}/answer", {"outcome": "granted", "answer": "Ограничено."})
    assert "срок ответа" not in home.admin.get("/people/privacy").text


def test_a_restriction_is_begun_and_lifted_from_its_page(home: Home) -> None:
    page = home.ask("restriction")
    home.admin.post(f"{page}/answer", {"outcome": "granted", "answer": "Ограничено."})
    assert "обработка ограничена" in home.mother.get(page).text
    assert home.mother.post(f"{page}/lift").status_code == 403
    assert home.admin.post(f"{page}/lift").status_code == 303
    assert "ограничение снято" in home.mother.get(page).text


def test_an_erasure_says_what_law_keeps_and_leads_to_an_act(home: Home) -> None:
    page = home.ask("erasure", text="Телефон")
    form = home.admin.get(page).text
    assert "Телефоны и адреса электронной почты" in form
    assert "Закон обязывает школу хранить эти сведения" in form
    granted = {"outcome": "granted", "answer": "Телефон удалим."}
    assert home.admin.post(f"{page}/answer", granted).status_code == 422
    assert home.admin.post(f"{page}/answer", granted | {"categories": "contacts"}).status_code == 303
    assert "Акт об уничтожении" in home.admin.get(page).text
    assert "Ученик00 Иван" in home.admin.get("/retention").text
    assert "по акту, который утверждает директор" in home.mother.get(page).text


def test_a_request_is_taken_back_by_who_made_it(home: Home) -> None:
    page = home.ask("erasure")
    assert "Отозвать запрос" in home.mother.get(page).text
    assert home.mother.post(f"{page}/withdraw").status_code == 303
    assert "отозван" in home.mother.get(page).text
    assert "№ 1. Удалить" in home.admin.get("/people/privacy?state=closed").text
    assert home.admin.get("/people/privacy?state=odd").status_code == 404


def test_working_days_are_shown_and_written_down(home: Home) -> None:
    year = text_of(home.admin.get("/people/privacy/days?year=2027"))
    assert "Суббота, 20 февраля рабочий" in year
    assert "Пятница, 5 ноября нерабочий" in year
    set_ = home.admin.post("/people/privacy/days?year=2027", {"day": "2027-04-21", "working": "no"})
    assert set_.headers["Location"] == "/people/privacy/days?year=2027&set=1"
    assert "Среда, 21 апреля нерабочий, решение школы" in text_of(home.admin.get(set_.headers["Location"]))
    assert home.admin.post("/people/privacy/days", {"day": "", "working": "no"}).status_code == 422
    assert home.mother.get("/people/privacy/days").status_code == 403
    for odd in ("1000", "9999", "двадцать", "²027"):
        assert home.admin.get(f"/people/privacy/days?year={odd}").status_code == 200
