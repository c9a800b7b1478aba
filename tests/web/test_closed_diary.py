"""A diary that a guardian may not read says why, takes the decision that is owed, and leads on."""

from __future__ import annotations

import datetime as dt
import re
import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.web.pages.signin.birth_dates import typed_day
from tests.support.school import Class, School, good, make_class
from tests.web.conftest import Pages
from tests.web.test_consents import BORN, parent
from tests.web.test_pages import shown


@pytest.fixture
def taught(school: School) -> Class:
    return make_class(school, pupils=2)


@pytest.fixture
def mother(taught: Class) -> str:
    return parent(taught, "Ольга", "мать")


@pytest.fixture
def family(pages: Pages, taught: Class, mother: str) -> Pages:
    return pages.sign_in(taught.school.sign_in(mother, child_birth_date=BORN))


def answer_of(page: str, decision: str) -> dict[str, str]:
    """The form of the decision, as its button sends it."""
    form = page.partition('class="decide"')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)) | {"decision": decision}


def test_the_document_is_whole_and_neither_answer_is_louder(family: Pages, taught: Class) -> None:
    text = shown(family.get(f"/diary/{taught.students[0]}"), 403)
    for words in ("Школа № 7, Симферополь, ул. Ореховая, 7", "Цель обработки", "Как отозвать", "Если согласия нет"):
        assert words in text
    assert re.findall(r'<button class="([^"]+)" name="decision" value="(\w+)">', text) == [
        ("b large", "refused"),
        ("b large", "given"),
    ]


def test_who_agrees_a_moment_after_the_refusal_is_told_that_it_opens(
    family: Pages, taught: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, moment = taught.students[0], time.monotonic()
    # What journal knows of her stays as young as it was when it refused, however busy the machine.
    monkeypatch.setattr(taught.school.suite.services["journal"].authenticator, "_monotonic", lambda: moment)
    yes = answer_of(shown(family.get(f"/diary/{child}"), 403), "given")
    gone_on = family.post("/consent", yes).headers["Location"]
    assert gone_on == f"/diary/{child}?decided=1"
    opening = family.get(gone_on)
    assert "Дневник открывается" in shown(opening)
    assert opening.headers["Refresh"] == f"2; url=/diary/{child}"


def test_a_refusal_and_a_withdrawal_say_what_happens_now(family: Pages, taught: Class) -> None:
    child = taught.students[0]
    no = answer_of(shown(family.get(f"/diary/{child}"), 403), "refused")
    refused = shown(family.get(family.post("/consent", no).headers["Location"]), 403)
    assert "вы не дали согласия" in refused
    assert "на бумаге" in refused
    assert f'href="/consent?child={child}"' in refused
    family.post("/consent", no | {"decision": "given"})
    consent = re.findall(r'name="consent" value="([0-9a-f-]+)"', shown(family.get("/consent")))[0]
    family.post("/consent", no | {"decision": "withdraw", "consent": consent})
    assert "Вы отозвали согласие" in shown(family.get(f"/diary/{child}"), 403)


def test_a_document_that_changed_while_it_was_read_is_shown_anew(family: Pages, taught: Class) -> None:
    accounts, child = taught.school.accounts(), taught.students[0]
    old = answer_of(shown(family.get(f"/diary/{child}"), 403), "given")
    draft = good(accounts.post("/consent-forms", {"purpose": "diary"}), 201)
    good(accounts.post(f"/consent-forms/{draft['id']}/publish", {}))
    again = shown(family.post("/consent", old), 409)
    assert "школа изменила этот документ" in again
    assert answer_of(again, "given")["form"] == draft["id"], "and may be answered on the spot"


def test_a_dispute_is_told_and_asks_for_no_decision(family: Pages, taught: Class) -> None:
    child = taught.students[0]
    good(taught.school.accounts().post("/disputes", {"student_id": child}), 201)
    text = shown(family.get(f"/diary/{child}"), 403)
    assert "разбирает спор" in text
    assert 'name="decision"' not in text


@pytest.mark.parametrize("back", ["", "journal", "https://example.org/", "/people", "//example.org"])
def test_the_way_back_is_a_word_and_never_an_address(family: Pages, taught: Class, back: str) -> None:
    child = taught.students[0]
    wish = {"child": child, "purpose": "diary", "decision": "refused", "back": back}
    assert family.post("/consent", wish).headers["Location"] == f"/consent?child={child}"


def test_a_date_that_nobody_can_read_costs_no_try_of_the_slip(pages: Pages, taught: Class, mother: str) -> None:
    issued = taught.school.accounts().post("/credentials", {"person_ids": [mother]})
    form = {"code": good(issued, 201)["items"][0]["code"], "password": "четыре-случайных-слова"}
    for _ in range(6):  # more than a slip has tries
        text = shown(pages.post("/activate", form | {"child_birth_date": "1 марта"}), 422)
        assert "Напишите дату так: 14.03.2015." in text
        assert 'value="1 марта"' in text
    assert pages.post("/activate", form | {"child_birth_date": "01032012"}).headers["Location"] == "/"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
def test_a_day_is_read_with_dots_without_them_and_as_forms_send_it(day: dt.date) -> None:
    for text in (f"{day:%d.%m.%Y}", f"{day:%d%m%Y}", f" {day.isoformat()} ", f"{day.day}.{day.month}.{day.year}"):
        assert typed_day(text) == day


@pytest.mark.parametrize("text", ["", "14.03.15", "31.02.2015", "20150314", "1403201", "14/03/2015", "٠١٠٣٢٠١٢"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert typed_day(text) is None
