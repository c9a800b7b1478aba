"""A guardian's road on a phone, from the slip to the marks: at most six taps beside the typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeJournal, Visit
from tests.browser.families import Family, Phone, make_family, phone
from tests.support.school import good

MOST_TAPS = 6
CLOSED = ("Failed to load resource: the server responded with a status of 403",)
"""A diary that nobody agreed to is refused, and Chromium says so on the console."""


def reads_marks(own: Phone, family: Family) -> None:
    """The diary of this child, with today's mark on the screen."""
    own.page.wait_for_url(re.compile(f"/diary/{family.child}(?!.*decided)"))
    shown = own.page.locator(".dayblock.chosen")
    expect(shown).to_contain_text("Алгебра")
    expect(shown.locator(".marks")).to_have_text("5")
    expect(shown.locator(".marks")).to_be_in_viewport()


def decide(own: Phone, decision: str) -> None:
    """Under the whole text of what is agreed to."""
    expect(own.page.locator("dl.clauses")).to_contain_text("Как отозвать")
    own.tap(f"button[value={decision}]")
    own.page.wait_for_load_state()


def asks_to_accept(family: Family, title: str) -> None:
    accounts = family.school.accounts()
    rules = {"kind": "rules", "audience": "guardians", "title": title, "asks": True, "text": "# Главное\n\nДа."}
    made = good(accounts.post("/documents", rules), 201)["id"]
    good(accounts.post(f"/documents/{made}/publish", {"number": 1}))


@pytest.mark.parametrize("width", [390, 1366])
def test_who_agreed_on_paper_is_two_fields_and_a_button_from_the_marks(
    make_journal: MakeJournal, visit: Visit, width: int
) -> None:
    family = make_family(make_journal(1), consent="да")
    own = phone(visit, "agreed", width)
    own.sign_in(family)
    reads_marks(own, family)
    own.picture("3-diary")
    assert own.taps == ["password", "child_birth_date", "Войти"]


@pytest.mark.parametrize("width", [390, 1366])
def test_who_decides_here_reads_what_for_and_is_one_tap_further(
    make_journal: MakeJournal, visit: Visit, width: int
) -> None:
    family = make_family(make_journal(1))
    own = phone(visit, "undecided", width)
    own.visitor.expected = CLOSED
    own.sign_in(family)
    own.picture("3-decision")
    decide(own, "given")
    reads_marks(own, family)
    own.picture("4-diary")
    assert own.taps == ["password", "child_birth_date", "Войти", "decision"]


def test_with_a_document_to_accept_on_the_way_it_is_still_six(make_journal: MakeJournal, visit: Visit) -> None:
    family = make_family(make_journal(1))
    asks_to_accept(family, "Правила дневника")
    own = phone(visit, "document")
    own.visitor.expected = CLOSED
    own.sign_in(family)
    own.picture("3-decision")
    own.tap("aside.notice a")
    own.page.wait_for_url("**/documents/*on=1")
    own.picture("4-document")
    own.tap("form[action$='/accept'] button")
    own.page.wait_for_url(f"**/diary/{family.child}")
    expect(own.page.locator("aside.notice")).to_have_count(0)
    decide(own, "given")
    reads_marks(own, family)
    assert len(own.taps) <= MOST_TAPS, own.taps


def test_who_refuses_is_told_what_happens_now_and_may_change_it(make_journal: MakeJournal, visit: Visit) -> None:
    family = make_family(make_journal(1))
    own = phone(visit, "refused")
    own.visitor.expected = CLOSED
    own.sign_in(family)
    decide(own, "refused")
    own.page.wait_for_url("**decided=1")
    expect(own.page.locator("main")).to_contain_text("вы не дали согласия")
    expect(own.page.locator("main")).to_contain_text("на бумаге")
    own.picture("4-refused")
    own.tap("main a.b")
    own.page.wait_for_url(f"**/consent?child={family.child}")
    own.picture("5-consents")
    expect(own.page.locator("main")).to_contain_text("Согласие не дано")
    assert len(own.taps) <= MOST_TAPS, own.taps


def test_a_day_of_birth_is_typed_without_dots_and_a_wrong_one_keeps_what_was_typed(
    make_journal: MakeJournal, visit: Visit
) -> None:
    family = make_family(make_journal(1), consent="да")
    own = phone(visit, "birth-date")
    own.visitor.expected = ("Failed to load resource",)
    own.visitor.open(f"/activate#{family.code()}")
    born = own.page.locator("[name=child_birth_date]")
    own.type("child_birth_date", "14032015")
    expect(born).to_have_value("14.03.2015")
    for _ in range(3):
        own.page.keyboard.press("Backspace")
    expect(born).to_have_value("14.03.2")
    own.type("password", "семь-раз-отмерь-42")
    own.tap("main form button.main")
    expect(own.page.locator("#child_birth_date-wrong")).to_have_text("Напишите дату так: 14.03.2015.")
    expect(born).to_have_value("14.03.2")
    expect(own.page.locator("[name=code]")).not_to_have_value("")
    own.picture("3-wrong")
