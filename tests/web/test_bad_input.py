"""What families and strangers send that they should not, and the sentence that they get."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from services.common.clock import now
from tests.support.school import PASSWORD, Class, School, good, make_class, make_school
from tests.support.suite import Suite
from tests.web.conftest import Pages
from tests.web.test_consents import BORN, parent
from tests.web.test_pages import shown


@pytest.fixture
def taught(school: School) -> Class:
    return make_class(school, pupils=2)


@pytest.fixture
def mother(taught: Class) -> str:
    """Of the first of two pupils."""
    return parent(taught, "Ольга", "мать")


@pytest.mark.parametrize("path", ["/consent", "/consent/print"])
@pytest.mark.parametrize("decision", ["given", "refused", "withdraw"])
def test_about_a_child_that_is_not_hers_there_is_nothing(
    pages: Pages, taught: Class, mother: str, path: str, decision: str
) -> None:
    hers, classmate = taught.students
    pages.sign_in(taught.school.sign_in(mother, child_birth_date=BORN))
    for back in ({}, {"back": "diary"}):
        form = {"child": classmate, "purpose": "diary", "decision": decision, **back}
        assert "Такой страницы нет" in shown(pages.post(path, form), 404)
    assert "нужно решить: 4" in shown(pages.get(f"/consent?child={hers}")), "nothing was decided of anybody"
    decided = good(taught.school.accounts().get(f"/consents?class={taught.class_id}"))["items"]
    assert {line["state"] for line in decided} == {"missing"}


def test_a_diary_of_a_classmate_is_no_page(pages: Pages, taught: Class, mother: str) -> None:
    pages.sign_in(taught.school.sign_in(mother, child_birth_date=BORN))
    assert taught.students[1] not in shown(pages.get(f"/diary/{taught.students[1]}"), 404)


def test_a_token_of_another_school_finds_no_page_of_this_one(pages: Pages, taught: Class, suite: Suite) -> None:
    other = make_school(suite, "Школа № 8")
    pages.sign_in(other.admin_token)
    child = taught.students[0]
    for path in (f"/people/{child}", f"/classes/{taught.class_id}", f"/courses/{taught.course_id}",
                 f"/journal/{taught.course_id}", f"/diary/{child}", f"/people/{child}/sign-ins"):  # fmt: skip
        assert "Такой страницы нет" in shown(pages.get(path), 404), path


@pytest.mark.parametrize("token", ["zh_" + "a" * 43, "made up", ""])
def test_a_token_that_is_nobodys_leads_to_sign_in(pages: Pages, token: str) -> None:
    pages.sign_in(token)
    for path in ("/diary", "/consent", "/me"):
        answer = pages.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next=%2F{path[1:]}")


def test_who_tries_twenty_passwords_is_told_how_long_to_wait_and_gets_in_afterwards(
    pages: Pages, school: School
) -> None:
    login = good(school.accounts().get("/me"))["account"]["login"]
    with time_machine.travel(now(), tick=False) as clock:
        told = []
        for _ in range(20):
            answer = pages.post("/login", {"login": login, "password": "не тот пароль"})
            if answer.status_code == 429:
                told.append(shown(answer, 429).partition("Попробуйте через ")[2].partition(".")[0])
                clock.shift(dt.timedelta(minutes=5))
                answer = pages.post("/login", {"login": login, "password": "не тот пароль"})
            assert "Логин или пароль не подошли" in shown(answer, 401)
        assert told[:4] == ["2 секунды", "4 секунды", "8 секунд", "16 секунд"]
        assert told[-1] == "300 секунд", "slower, and never longer than five minutes"
        clock.shift(dt.timedelta(minutes=5))
        right = pages.post("/login", {"login": login, "password": PASSWORD, "next": "/people"})
        assert (right.status_code, right.headers["Location"]) == (303, "/people")
