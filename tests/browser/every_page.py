"""Every page of the suite as those see it who may: walked by the test of accessibility and by the pictures.

The people are those of `demo.json`, the school is the demonstration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyotp
from playwright.sync_api import Page

LIST = (
    "Класс;Фамилия;Имя;Отчество;Дата рождения;Родитель 1;Телефон 1;Почта 1;Согласие;Примечание\r\n"
    "7А;Абрамова;Вера;Игоревна;04.05.2013;Абрамова Инна Павловна;+7 900 000-31-01;abramova@example.org;да;\r\n"
    "7А;Громов;Лев;Олегович;31.02.2013;Громов Олег Ильич;8900;gromov@example;может быть;\r\n"
    "7A;Дёмин;Тимур;;02.11.2013;Дёмина Нина Львовна;+7 900 000-31-03;;да;\r\n"
    "Всего: 3\r\n"
)
"""With a good row, a bad one, a warning and a total."""

Person = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """One page: who opens it (nobody for a stranger), and how it is reached from `base`."""

    name: str
    login: str
    reach: Callable[[Page, str], None]


def at(path: str) -> Callable[[Page, str], None]:
    return lambda page, base: page.goto(base + path) and None


def every_page(people: Mapping[str, Person]) -> list[Shown]:
    """All pages, by login; those of a school in use."""
    teacher, leader = people["teacher"], people["classteacher"]
    two_steps = TwoSteps(people["director"])
    course, led = teacher["courses"][0], leader["classes"][0]
    return [
        Shown("sign-in", "", at("/login")),
        Shown("activate", "", at("/activate")),
        Shown("forgotten", "", at("/forgotten")),
        Shown("forgotten-asked", "", _forgotten),
        Shown("not-found", "", at("/no-such-page")),
        Shown("not-for-me", "", at("/not-me/of-a-letter")),
        Shown("setting-up", "administrator", at("/")),
        Shown("people", "administrator", at("/people?kind=guardian")),
        Shown("person-new", "administrator", at("/people/new")),
        Shown("person", "administrator", at(f"/people/{people['student']['person_id']}")),
        Shown("codes", "administrator", _codes),
        Shown("access", "administrator", at("/access")),
        Shown("access-class", "classteacher", at("/access")),
        Shown("privacy-office", "administrator", at("/people/privacy")),
        Shown("privacy-days", "administrator", at("/people/privacy/days")),
        Shown("privacy-paper", "administrator", at(f"/people/{people['student']['person_id']}/privacy")),
        Shown("duties", "administrator", at("/people/duties")),
        Shown("card-views", "administrator", at("/people/views")),
        Shown("retention", "administrator", _retention),
        Shown("duties-new", "administrator", at("/people/duties/new")),
        Shown("consent-register", "administrator", _register_opened),
        Shown("consent-class", "administrator", at(f"/people/consents/classes/{led}")),
        Shown("consent-paper", "administrator", _paper),
        Shown("consent-changes", "administrator", at("/people/consents/changes")),
        Shown("consent-forms", "administrator", at("/people/consents/forms")),
        Shown("consent-draft", "administrator", _draft),
        Shown("consent-register-own", "classteacher", at("/people/consents")),
        Shown("classes", "administrator", at("/classes")),
        Shown("class", "administrator", at(f"/classes/{led}")),
        Shown("courses", "administrator", at("/courses")),
        Shown("course-new", "administrator", at("/courses/new")),
        Shown("subject-new", "administrator", at("/courses/subjects")),
        Shown("course", "administrator", at(f"/courses/{course}")),
        Shown("import", "administrator", at("/import")),
        Shown("import-checked", "administrator", _list_checked),
        Shown("mail", "administrator", at("/demo/mail")),
        Shown("document-new", "administrator", at("/documents/new")),
        Shown("document-versions", "administrator", _document_written),
        Shown("documents", "administrator", at("/documents")),
        Shown("documents-site", "administrator", at("/documents/site")),
        Shown("documents-public", "administrator", _documents_of_school),
        Shown("document-public", "administrator", _document_of_school),
        Shown("me", "administrator", at("/me")),
        Shown("second-step", "administrator", _second_step),
        Shown("sign-ins", "administrator", at("/me/sign-ins")),
        Shown("sign-ins-person", "administrator", at(f"/people/{teacher['person_id']}/sign-ins")),
        Shown("help", "administrator", at("/help")),
        Shown("today", "teacher", at("/")),
        Shown("journals", "teacher", at("/journals")),
        Shown("journal", "teacher", at(f"/journal/{course}")),
        Shown("totals", "teacher", at(f"/journal/{course}/totals")),
        Shown("reports", "classteacher", at("/reports")),
        Shown("report", "classteacher", _report),
        Shown("forbidden", "teacher", at("/people/new")),
        Shown("journal-read", "deputy", at(f"/journal/{course}")),
        Shown("diary", "guardian", at("/diary")),
        Shown("consent", "guardian", at("/consent")),
        Shown("consent-document", "guardian", _document),
        Shown("consent-own", "student", at("/consent")),
        Shown("privacy", "guardian", at("/privacy")),
        Shown("privacy-asked", "guardian", _asked_what_is_stored),
        Shown("diary-closed", "guardianrefused", at("/diary")),
        Shown("diary-undecided", "guardianundecided", at("/diary")),
        Shown("consent-open", "guardianundecided", at("/consent")),
        Shown("diary-own", "student", at("/diary")),
        Shown("recovery-codes", "director", two_steps.set_up),
        Shown("me-two-steps", "director", at("/me")),
        Shown("sign-in-code", "director", two_steps.asked),
        Shown("me-one-step", "director", two_steps.over),
    ]


def _retention(page: Page, base: str) -> None:
    """Terms, and a draft of an act; the first visit makes it."""
    page.goto(f"{base}/retention")
    if not page.locator("#acts form").count():
        page.check("[name=categories] >> nth=0")
        page.check("[name=categories] >> nth=2")
        page.click("main form[action='/retention/acts'] button")
        page.wait_for_url("**/retention?made=1**")


def sign_in(page: Page, base: str, person: Person) -> None:
    page.goto(f"{base}/login")
    page.fill("[name=login]", person["login"])
    page.fill("[name=password]", person["password"])
    page.click("main form button.main")
    page.wait_for_url(lambda url: not url.endswith("/login"))


RULES = (
    "# Кто ведёт журнал\n\nУчитель записывает тему, посещаемость и отметки **в день урока**.\n\n"
    "* тема по календарному плану;\n* домашнее задание не позже часа после уроков класса.\n\n"
    "# Кто читает дневник\n\nРодители, которые согласились. Подробнее: [на сайте школы](https://example.org)."
)


def _document_written(page: Page, base: str) -> None:
    """Published, and asked of nobody: else every other page would say so."""
    page.goto(f"{base}/documents/new")
    page.fill("[name=title]", "Положение о ведении электронного журнала")
    page.fill("[name=text]", RULES)
    page.click("main form button.main")
    page.wait_for_url("**/versions")
    page.click("form[action$='/publish'] button")
    page.wait_for_url("**/versions?published=1")


def _documents_of_school(page: Page, base: str) -> None:
    page.goto(f"{base}/documents/site")
    page.click("main p a[href*='/schools/']")
    page.wait_for_url("**/schools/*/documents")


def _document_of_school(page: Page, base: str) -> None:
    _documents_of_school(page, base)
    page.locator("main ul.rows a").first.click()
    page.wait_for_url("**/documents/*-*")


@dataclass
class TwoSteps:
    """Somebody who sets the second step up, is asked for it and ends it: these pages are looked at in this order."""

    person: Person
    recovery_code: str = ""

    def set_up(self, page: Page, base: str) -> None:
        _second_step(page, base)
        key = "".join(page.locator(".factor .code").inner_text().split())
        page.fill("[name=otp]", pyotp.TOTP(key).now())
        page.click("form[action='/me/second-factor/confirm'] button.main")
        self.recovery_code = page.locator(".recovery li").first.inner_text()

    def asked(self, page: Page, base: str) -> None:
        """Whoever is signed in may sign in again."""
        page.goto(f"{base}/login")
        page.fill("[name=login]", self.person["login"])
        page.fill("[name=password]", self.person["password"])
        page.check("[name=trusted]")
        page.click("main form button.main")
        page.wait_for_selector("[name=otp]")

    def over(self, page: Page, base: str) -> None:
        page.goto(f"{base}/me")
        page.fill("[name=otp]", self.recovery_code)
        page.click("button[formaction='/me/second-factor/end']")
        page.wait_for_url("**/me?changed=factor*")


def _forgotten(page: Page, base: str) -> None:
    page.goto(f"{base}/forgotten")
    page.fill("[name=login]", "nobody77")
    page.click("main form button.main")


def _second_step(page: Page, base: str) -> None:
    """Begun and never confirmed: the next visit sees it unset."""
    page.goto(f"{base}/me")
    page.click("form[action='/me/second-factor'] button")
    page.wait_for_selector("img.square")


def _codes(page: Page, base: str) -> None:
    page.goto(f"{base}/people?kind=student")
    page.locator("[name=person_ids]").first.check()
    page.click("form[action='/people/codes'] button")
    page.wait_for_load_state()


def _register_opened(page: Page, base: str) -> None:
    page.goto(f"{base}/people/consents")
    page.locator("table.register tbody th a").first.click()
    page.locator("tr.panel").wait_for()


def _paper(page: Page, base: str) -> None:
    _register_opened(page, base)
    page.click("tr.panel .gaps > a")
    page.locator("table.pairs tbody td a").first.click()
    page.locator("main form input[name=signed_on]").wait_for()


def _draft(page: Page, base: str) -> None:
    page.goto(f"{base}/people/consents/forms")
    page.locator("main .decision .links .b:not(.text)").first.click()
    page.locator("textarea[name=aim]").wait_for()


def _asked_what_is_stored(page: Page, base: str) -> None:
    """A request of one's own, made unless there is one already."""
    page.goto(f"{base}/privacy")
    asked = page.locator("a[href^='/privacy/']")
    if asked.count() == 0:
        page.locator("main form button.main").click()
    else:
        asked.first.click()
    page.wait_for_url("**/privacy/*-*")


def _document(page: Page, base: str) -> None:
    page.goto(f"{base}/consent")
    page.locator("a[href^='/consent/forms/']").first.click()
    page.locator("dl.clauses").wait_for()


def _report(page: Page, base: str) -> None:
    page.goto(f"{base}/reports")
    page.click("form.parameters button.main")
    page.locator(".sheets figure img").first.wait_for(timeout=90_000)


def _list_checked(page: Page, base: str) -> None:
    page.goto(f"{base}/import")
    page.set_input_files("[name=file]", {"name": "7А.csv", "mimeType": "text/csv", "buffer": LIST.encode("cp1251")})
    page.click("main form button.main")
    page.wait_for_url("**/import/*-*")
