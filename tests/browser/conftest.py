"""Chromium before a running suite. Every page is watched: a complaint on its console fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.live import live_suite
from tests.support.chromium import needs_chromium
from tests.support.databases import Servers
from tests.support.school import School, good
from tests.support.suite import Suite

NOW = "2026-11-25T09:00:00+00:00"
YEAR_START = "2026-09-01"
PATIENCE = 90_000
"""Milliseconds that a page may take on a machine that does other things; how fast it is, benchmarks say."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.timeout(300))
            item.add_marker(needs_chromium)


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="session")
def live(databases: dict[str, str], servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the suite."""
    data: Path = tmp_path_factory.mktemp("live")
    with live_suite(databases, servers.redis, data, NOW) as address:
        yield address


@dataclass
class Visitor:
    """Somebody at a browser of their own."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Beginnings of complaints that the test provokes itself."""

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not text.startswith(self.expected or ("\0",))]


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(live: str, chromium: Browser) -> Iterator[Visit]:
    """Opens a browser for the bearer of a token; at the end nobody's console may have complained."""
    visitors: list[Visitor] = []

    def begin(token: str = "", width: int = 1366, height: int = 768, **options: Any) -> Visitor:
        options.setdefault("locale", "ru-RU")
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE)
        if token:
            context.add_cookies(
                [{"name": "zhurnal", "value": token, "url": live, "httpOnly": True, "sameSite": "Lax"}]
            )
        visitor = Visitor(context.new_page(), live)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on(
            "console",
            lambda said: visitor.complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        visitors.append(visitor)
        return visitor

    yield begin
    for visitor in visitors:
        visitor.context.close()
    assert [visitor.unexpected() for visitor in visitors if visitor.unexpected()] == []


@dataclass
class Journal:
    """A class of 8А and its algebra, with two teachers."""

    school: School
    class_id: str
    course: str
    students: list[str]
    lessons: list[str]
    teacher: str
    """Token of the teacher."""
    colleague: str
    """Token of a second teacher of the same course."""

    @property
    def path(self) -> str:
        return f"/journal/{self.course}"

    def answer(self) -> Any:
        return good(self.school.journal(self.teacher).get(f"/courses/{self.course}/page"))

    def marks(self, lesson: int = -1, work_type: str = "answer") -> dict[str, list[str]]:
        """Symbols by pupil in the column of a kind of work of a lesson."""
        return self._symbols(lesson, lambda column: column["kind"] == "marks" and column["work_type"] == work_type)

    def attendance(self, lesson: int = -1) -> dict[str, list[str]]:
        return self._symbols(lesson, lambda column: column["kind"] == "attendance")

    def _symbols(self, lesson: int, wanted: Callable[[Any], bool]) -> dict[str, list[str]]:
        page = self.answer()
        found: dict[str, list[str]] = {}
        index_of = {one["id"]: index for index, one in enumerate(page["lessons"])}
        for row, column, _slot, symbol, *_ in page["cells"]:
            shown = page["columns"][column]
            if shown["lesson"] == index_of[self.lessons[lesson]] and wanted(shown):
                found.setdefault(page["students"][row]["id"], []).append(symbol)
        return found


MakeJournal = Callable[..., Journal]


@pytest.fixture
def make_journal(school: School, suite: Suite) -> MakeJournal:
    """Makes a class with pupils, a course and its lessons through the routes."""

    def make(
        pupils: int = 4, days: tuple[str, ...] = ("2026-11-18", "2026-11-24", "2026-11-25", "2026-11-27")
    ) -> Journal:
        journal = school.journal()
        class_id = good(journal.post("/classes", {"grade_level": 8, "letter": "А"}), 201)["id"]
        students = []
        for number in range(pupils):
            student = school.person(["student"], f"Ученик{number:02}", "Иван", birth_date="2012-03-01")
            body = {"student_id": student, "from": YEAR_START}
            good(journal.post(f"/classes/{class_id}/enrollments", body), 201)
            students.append(student)
        teachers = [
            school.person(["staff"], name, first, middle_name=middle)
            for name, first, middle in (("Османова", "Лиля", "Рустемовна"), ("Сидорова", "Лидия", "Викторовна"))
        ]
        subject = good(journal.post("/subjects", {"name": "Алгебра"}), 201)["id"]
        terms = [{"person_id": person, "from": YEAR_START} for person in teachers]
        body = {"class_id": class_id, "subject_id": subject, "teachers": terms}
        course = good(journal.post("/courses", body), 201)["id"]
        planned = {"dates": list(days), "number": 2}
        lessons = good(journal.post(f"/courses/{course}/lessons", planned), 201)["items"]
        tokens = [school.sign_in(person) for person in teachers]
        return Journal(school, class_id, course, students, [one["id"] for one in lessons], *tokens)

    return make


@pytest.fixture
def journal(make_journal: MakeJournal) -> Journal:
    return make_journal()
