"""What a school does on its first day: over HTTP as a program, and by the clicks of a person."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from services.common.clock import today_in
from tests.support.running import HTTP, PASSWORD, Run, until
from tests.system.class_lists import ClassList

ZONE = "Europe/Moscow"


class Office:
    """The school's administrator as a program that calls the routes."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.call = run.front.call
        self.admin = run.front.activate(run.create_school())
        until(self._knows_the_year, "journal hears of the school")
        self.year = self.call("GET", "journal/v1/years", self.admin)["items"][0]

    def _knows_the_year(self) -> bool:
        answer = self.run.front.ask("GET", "journal/v1/years", self.admin)
        return answer.status_code == 200 and bool(answer.json()["items"])

    def send(self, listed: ClassList) -> Any:
        answer = HTTP.post(
            f"{self.run.url}/api/journal/v1/imports",
            headers={"Authorization": f"Bearer {self.admin}"},
            files={"file": ("список.csv", listed.data, "text/csv")},
            data={"kind": "students"},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def commit(self, made: Any) -> Any:
        return self.call("POST", f"journal/v1/imports/{made['id']}/commit", self.admin, {"digest": made["digest"]})

    def people(self, kind: str) -> list[Any]:
        found, cursor = [], ""
        while True:
            page = self.call("GET", f"journal/v1/people?kind={kind}&limit=100{cursor}", self.admin)
            found += page["items"]
            if not page["next"]:
                return found
            cursor = f"&cursor={page['next']}"

    def codes(self, ids: list[str]) -> dict[str, str]:
        body = {"person_ids": ids}
        given = until(lambda: self.run.front.ask("POST", "accounts/v1/credentials", self.admin, body), "codes")
        assert given.status_code == 201, given.text
        return {one["person_id"]: one["code"] for one in given.json()["items"]}


def a_school_day(year: Any) -> dt.date:
    """A day of the present period, today at the latest, on which a lesson may be."""
    last = min(today_in(ZONE), dt.date.fromisoformat(year["ends_on"]))
    while last.weekday() == 6:
        last -= dt.timedelta(days=1)
    return last


def mark_everybody(office: Office, class_id: str, subject: str) -> None:
    """A teacher, a subject, a course and a lesson by the routes, then a five for each."""
    call, admin, start = office.call, office.admin, office.year["starts_on"]
    teacher_id = call(
        "POST",
        "journal/v1/people",
        admin,
        {"kinds": ["staff"], "last_name": "Османова", "first_name": "Лиля", "position": "учитель"},
        201,
    )["id"]
    call("PUT", f"journal/v1/classes/{class_id}/class-teacher", admin, {"person_id": teacher_id, "from": start})
    subject_id = call("POST", "journal/v1/subjects", admin, {"name": subject}, 201)["id"]
    teachers = [{"person_id": teacher_id, "from": start}]
    body = {"class_id": class_id, "subject_id": subject_id, "teachers": teachers}
    course = call("POST", "journal/v1/courses", admin, body, 201)["id"]
    lessons = {"dates": [str(a_school_day(office.year))], "number": 2}
    lesson = call("POST", f"journal/v1/courses/{course}/lessons", admin, lessons, 201)["items"][0]["id"]
    teacher = office.run.front.activate(office.codes([teacher_id])[teacher_id])
    path = f"journal/v1/courses/{course}/page"
    pupils = [one["id"] for one in call("GET", path, teacher)["students"]]
    item = {"op_id": str(uuid.uuid4()), "lesson_id": lesson, "work_type": "answer", "ordinal": 0}
    five = {"line_item_op": item["op_id"], "symbol": "5", "base_version": None}
    operations = [{"op_id": str(uuid.uuid4()), "student_id": pupil, **five} for pupil in pupils]
    answer = call("PATCH", path, teacher, {"line_items": [item], "operations": operations})
    assert len(answer["applied"]) == len(pupils)


def wait_for_exactly(run: Run, listed: ClassList, domain: str, letters: int) -> None:
    """Returns when those who agreed have their letters. Fails when somebody else has one."""
    until(lambda: len(run.sink.mails(domain)) >= letters, f"{letters} letters to {domain}")
    assert {str(mail["To"]) for mail in run.sink.mails(domain)} == listed.consented
    assert len(run.sink.mails(domain)) == letters


# --- in a browser --------------------------------------------------------------------------------------


def somebody(chromium: Browser) -> tuple[BrowserContext, Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="ru-RU")
    context.set_default_timeout(60_000)
    return context, context.new_page()


def activate(page: Page, url: str, code: str, birth_date: str = "") -> None:
    page.goto(f"{url}/activate#{code}")
    page.fill("[name=password]", PASSWORD)
    if birth_date:
        page.fill("[name=child_birth_date]", birth_date)
    page.click("main form button.main")
    page.wait_for_url(lambda address: "/activate" not in address)


def codes_on(page: Page) -> dict[str, str]:
    """By name, the code that the page shows once."""
    rows = page.locator("ul.codes li").all()
    return {row.locator("b").inner_text(): row.locator(".code").nth(1).inner_text() for row in rows}
