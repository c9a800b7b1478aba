"""A session that ends while marks wait, of a teacher whose sign-in has a second step."""

from __future__ import annotations

import pyotp
from playwright.sync_api import expect

from tests.browser.conftest import Journal, Visit
from tests.browser.grid import opened, saved
from tests.support.school import PASSWORD, good


def test_marks_wait_for_the_password_and_the_code(journal: Journal, visit: Visit) -> None:
    own = journal.school.accounts(journal.teacher)
    login = good(own.get("/me"))["account"]["login"]
    secret = good(own.post("/second-factors"), 201)["secret"]
    made = good(own.post("/second-factors/confirm", {"otp": pyotp.TOTP(secret).now()}))
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    page = visitor.page
    visitor.context.clear_cookies()
    page.keyboard.press("5")
    dialog = page.locator("#sign-in-again")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[name=otp]")).to_be_hidden()
    dialog.locator("[name=login]").fill(login)
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("button").click()
    code = dialog.locator("[name=otp]")
    expect(code).to_be_focused()
    expect(dialog.locator("[name=password]")).to_be_hidden()
    code.fill("000000")
    dialog.locator("button").click()
    expect(dialog.locator("[role=alert]")).to_have_text("Код не подошёл. Дождитесь следующего.")
    code.fill(made["recovery_codes"][0])
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["5"]}
