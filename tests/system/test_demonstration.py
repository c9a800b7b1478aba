"""`./run` with its demonstration, by what `demo.json` says of it: a mark's way, and every page for every eye.

Beside the demonstration real schools begin: the road from an empty one with a class list out of Excel to the mail
about the first mark, once by clicks in Chromium, once over HTTP.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from services.common.clock import today_in
from tests.browser.every_page import every_page, sign_in
from tests.support.chromium import needs_chromium
from tests.support.running import RUN, Run, until
from tests.system.class_lists import thirty_four, two_guardians
from tests.system.office import (
    ZONE,
    Office,
    a_school_day,
    activate,
    codes_on,
    mark_everybody,
    somebody,
    wait_for_exactly,
)

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(900),
    pytest.mark.enable_socket,
]

ROLES = {"administrator", "director", "deputy", "teacher", "class_teacher", "guardian", "student"}
Person = Mapping[str, Any]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    made = Run(tmp_path_factory.mktemp("demonstration") / "data", begin=RUN)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def told(demonstration: Run) -> dict[str, Any]:
    path = demonstration.data / "demo.json"
    assert path.stat().st_mode & 0o777 == 0o600
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def people(told: dict[str, Any]) -> dict[str, Person]:
    return {person["login"]: person for person in told["people"]}


def test_the_description_is_for_scripts(told: dict[str, Any], demonstration: Run) -> None:
    assert told["url"] == demonstration.url
    assert uuid.UUID(told["school"])
    assert {person["role"] for person in told["people"]} == ROLES
    keys = {"role", "login", "password", "person_id", "name", "classes", "courses", "children"}
    assert all(set(person) == keys for person in told["people"])
    consents = {child["consent"] for person in told["people"] for child in person["children"]}
    assert consents == {"given", "refused", "missing"}


class Typist:
    """The demonstration's teacher as a program, at the first course and its last lesson that may be written."""

    def __init__(self, run: Run, people: Mapping[str, Person]) -> None:
        self.run = run
        self.token = token_of(run, people["teacher"])
        self.path = f"journal/v1/courses/{people['teacher']['courses'][0]}/page"
        page = run.front.call("GET", self.path, self.token)
        self.pupils = [student["id"] for student in page["students"]]
        self.lesson = [lesson["id"] for lesson in page["lessons"] if lesson["editable"]][-1]
        self.versions: dict[str, int] = {}

    def mark(self, student: str, symbol: str, again: Any = None) -> Any:
        """Sets the pupil's mark; what was sent."""
        item = {"op_id": str(uuid.uuid4()), "lesson_id": self.lesson, "work_type": "answer", "ordinal": 0}
        operation = {
            "op_id": str(uuid.uuid4()),
            "student_id": student,
            "line_item_op": item["op_id"],
            "symbol": symbol,
            "base_version": self.versions.get(student),
        }
        body = again or {"line_items": [item], "operations": [operation]}
        answer = self.run.front.call("PATCH", self.path, self.token, body)
        assert len(answer["applied"]) == 1, answer
        self.versions[student] = answer["applied"][0][1]
        return body


def token_of(run: Run, person: Person) -> str:
    body = {"login": person["login"], "password": person["password"]}
    return str(run.front.call("POST", "accounts/v1/sessions", body=body, status=201)["token"])


def child_in(typist: Typist, person: Person) -> str:
    return next(child["student_id"] for child in person["children"] if child["student_id"] in typist.pupils)


def test_a_mark_of_the_demonstration_goes_its_whole_way(
    demonstration: Run, people: dict[str, Person], record_property: Any
) -> None:
    run, sink, call = demonstration, demonstration.sink, demonstration.front.call
    typist = Typist(run, people)
    agreed, refused = people["guardian"], people["guardianrefused"]
    admin = token_of(run, people["administrator"])
    addresses = {
        login: str(call("GET", f"journal/v1/people/{people[login]['person_id']}", admin)["email"])
        for login in ("guardian", "guardianrefused")
    }
    child = child_in(typist, agreed)
    others = mothers_of_others(run, typist, admin, {child, child_in(typist, refused)})
    began = time.monotonic()
    sent = typist.mark(child, "5")
    typist.mark(child_in(typist, refused), "4")
    sink.wait(addresses["guardian"], 1)
    record_property("mark to mail, seconds", round(time.monotonic() - began, 2))
    typist.mark(child, "4")
    sink.wait(addresses["guardian"], 2)
    versions = dict(typist.versions)
    typist.mark(child, "", again=sent)
    typist.versions = versions

    token = token_of(run, agreed)
    call("GET", f"journal/v1/diary?student={child}", token)
    register = call("GET", "accounts/v1/consents", token)["items"]
    mine = [line["id"] for line in register if line["student_id"] == child and line["state"] == "given"]
    assert len(mine) == 2
    for consent in mine:
        call("POST", f"accounts/v1/consents/{consent}/withdraw", token, {})
    began = time.monotonic()
    until(
        lambda: run.front.ask("GET", f"journal/v1/diary?student={child}", token).status_code == 403,
        "the diary is closed to who withdrew",
        seconds=5 + 10,  # five are the promise; what a busy machine takes for the question itself is not
    )
    record_property("withdrawal to 403, seconds", round(time.monotonic() - began, 2))
    typist.mark(child, "3")
    # The barrier: a later mark of another child has arrived, and nothing more for those before it.
    student, address = others
    typist.mark(student, "5")
    sink.wait(address, 1)
    assert len(sink.mails(addresses["guardian"])) == 2
    assert sink.mails(addresses["guardianrefused"]) == []


def mothers_of_others(run: Run, typist: Typist, admin: str, but: set[str]) -> tuple[str, str]:
    """Another pupil of the class with the address of somebody who agreed to letters about that pupil."""
    school_class = run.front.call("GET", typist.path, typist.token)["course"]["class_id"]
    lines = run.front.call("GET", f"accounts/v1/consents?class={school_class}&limit=100", admin)["items"]
    given = {
        (line["student_id"], line["guardian_id"])
        for line in lines
        if line["purpose"] == "mail" and line["state"] == "given" and line["student_id"] in typist.pupils
    }
    diaries = {
        (line["student_id"], line["guardian_id"])
        for line in lines
        if line["purpose"] == "diary" and line["state"] == "given"
    }
    for student, guardian in sorted(given & diaries):
        person = run.front.call("GET", f"journal/v1/people/{guardian}", admin)
        alone = sum(one == student for one, _ in given & diaries) == 1
        if student not in but and person["email"] and alone:
            return student, person["email"]
    raise AssertionError("nobody else agreed")


# --- a real class comes in ------------------------------------------------------------------------------


def test_a_list_comes_in_over_http_and_mails_reach_exactly_who_agreed(demonstration: Run) -> None:
    office, listed = Office(demonstration), two_guardians("http.example.org")
    made = office.send(listed)
    assert (made["encoding"], made["problems"]) == ("Windows-1251", [])
    office.commit(made)
    again = office.commit(made)
    assert again["counts"]["insert"] == listed.pupils
    (school_class,) = office.call("GET", "journal/v1/classes", office.admin)["items"]
    assert (school_class["name"], school_class["students"]) == (listed.class_name, listed.pupils)
    mark_everybody(office, school_class["id"], "Алгебра")
    wait_for_exactly(demonstration, listed, "http.example.org", len(listed.consented))

    guardians = {one["email"]: one["id"] for one in office.people("guardian") if one["email"]}
    codes = office.codes(list(guardians.values()))
    for address, guardian in guardians.items():
        token = demonstration.front.activate(
            codes[guardian], child_birth_date=listed.birth_dates.get(address, "2013-03-14")
        )
        (child,) = demonstration.front.call("GET", "accounts/v1/me", token)["children"]
        diary = demonstration.front.ask("GET", f"journal/v1/diary?student={child['student_id']}", token)
        assert diary.status_code == (200 if address in listed.consented else 403), address

    # The second list, into the same school: another class, other habits.
    second = thirty_four("second.example.org")
    made = office.send(second)
    levels = {problem["level"] for problem in made["problems"]}
    assert levels == {"warning"}, made["problems"]
    problems = {problem["code"] for problem in made["problems"]}
    assert problems == {"latin-letter", "student-namesake", "consent-without-address"}
    assert made["preview"]["counts"]["insert"] == second.pupils == 34
    # One mother of two: 33 guardians.
    assert made["preview"]["counts"]["guardians"] == 33
    office.commit(made)
    classes = {one["name"]: one for one in office.call("GET", "journal/v1/classes", office.admin)["items"]}
    assert classes["5А"]["students"] == 34
    mark_everybody(office, classes["5А"]["id"], "Математика")
    # Two children, two letters to the one mother.
    wait_for_exactly(demonstration, second, "second.example.org", len(second.consented) + 1)


@needs_chromium
@pytest.mark.slow
def test_a_person_does_the_same_by_clicks(demonstration: Run, chromium: Browser) -> None:
    url, listed = demonstration.url, two_guardians("click.example.org")
    context, page = somebody(chromium)
    activate(page, url, demonstration.create_school())
    page.wait_for_selector("h1")

    page.goto(f"{url}/import")
    page.set_input_files("[name=file]", {"name": "7В.csv", "mimeType": "text/csv", "buffer": listed.data})
    page.click("main form button.main")
    page.wait_for_url("**/import/*-*")
    assert "Windows-1251" in page.inner_text(".titlebar")
    assert page.locator(".result tbody tr").count() == listed.pupils
    page.click(".actionbar button.main")
    page.wait_for_selector("p.done")
    assert "3 новых ученика" in page.inner_text("main")

    page.goto(f"{url}/people/new?kind=staff")
    page.fill("[name=last_name]", "Османова")
    page.fill("[name=first_name]", "Лиля")
    page.click("main form button.main")
    page.wait_for_url(lambda address: "/people/new" not in address)
    page.goto(f"{url}/classes")
    page.click("main table a")
    page.select_option("#person_id", label="Османова Лиля")
    page.click("aside form button")
    page.wait_for_selector("p.done")

    page.goto(f"{url}/courses/subjects")
    page.fill("[name=name]", "Алгебра")
    page.click("main form button.main")
    page.wait_for_url("**/courses/new?*")
    page.select_option("#person_id", label="Османова Лиля")
    page.click("main form button.main")
    page.wait_for_url("**/courses/*-*")
    course = page.url.partition("/courses/")[2].partition("?")[0]
    day = a_school_day({"ends_on": f"{today_in(ZONE).year + 1}-05-31"})
    page.fill("[name=from]", str(day))
    page.fill("[name=to]", str(day))
    page.check(f"[name=weekday][value='{day.weekday()}']")
    page.click("main section form button")
    page.click("main form button.main")
    page.wait_for_selector("ol.dates li")

    codes: dict[str, str] = {}
    for kind in ("staff", "guardian"):
        page.goto(f"{url}/people?kind={kind}")
        page.check("[data-check-all]")
        page.click("form[action='/people/codes'] button")
        page.wait_for_selector("ul.codes")
        codes |= codes_on(page)
    context.close()

    context, page = somebody(chromium)
    activate(page, url, codes["Османова Лиля"])
    page.goto(f"{url}/journal/{course}")
    expect(page.locator("grade-grid td[tabindex='0']")).to_be_focused()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        for _ in range(listed.pupils):
            page.keyboard.press("5")
    expect(page.locator("save-state")).to_have_text("Сохранено")
    context.close()
    wait_for_exactly(demonstration, listed, "click.example.org", len(listed.consented))

    context, page = somebody(chromium)
    activate(page, url, codes["Рощин Олег Юрьевич"], "2013-03-14")
    page.goto(f"{url}/diary?week={day}")
    assert "5" in page.locator("main .m").first.inner_text()
    context.close()


# --- pages ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_no_page_keeps_anybody_out(
    demonstration: Run, people: dict[str, Person], chromium: Browser, axe: Axe, theme: Any, width: int
) -> None:
    """axe with the rules of WCAG 2.2 A and AA, and no page that scrolls sideways."""
    found = {}
    pages = every_page(people)
    for login in dict.fromkeys(shown.login for shown in pages):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=theme, locale="ru-RU", bypass_csp=True
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        if login:
            sign_in(page, demonstration.url, people[login])
        for shown in (one for one in pages if one.login == login):
            shown.reach(page, demonstration.url)
            page.wait_for_load_state("networkidle")
            result = axe.run(page).response
            broken = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in result["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                broken.append("scrolls sideways")
            if broken:
                found[shown.name] = broken
        context.close()
    assert not found, "\n".join(f"{name}: {broken}" for name, broken in found.items())
