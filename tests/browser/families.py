"""A family whose child has marks, the slip in its hand, and the phone that every tap on is counted of."""

from __future__ import annotations

import io
import os
import re
import uuid
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pypdf
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Journal, Visit, Visitor
from tests.support.school import PASSWORD, School, good

BIRTH_DATE = "14.03.2015"
FOLDER = "ZHURNAL_PICTURES"
"""Names the environment's variable with the folder for pictures; without it none are taken."""

_CODE = re.compile(r"[2-9a-hjkmnp-z]{4} [2-9a-hjkmnp-z]{4} [2-9a-hjkmnp-z]{4}")
_HEAD = "Класс;Фамилия;Имя;Отчество;Дата рождения;Родитель 1 ФИО;Родство 1;Согласие 1"
_ROW = "8А;{name};Ульяна;Олеговна;{born};{name} Инна{middle};мать;{consent}"
_ROOTS, _ENDINGS = ("Бор", "Вет", "Гор", "Дуб", "Зим", "Лет"), ("ина", "кова", "лова", "нина", "шина")
_COUNTING = """
addEventListener("pointerdown", (event) => {
  const on = event.target.closest("a, button, input, label, summary") ?? event.target;
  tapped(on.name || on.innerText.trim() || on.tagName);
}, true);
"""


@dataclass
class Family:
    """A mother and her daughter in 8А."""

    journal: Journal
    mother: str
    child: str

    @property
    def school(self) -> School:
        return self.journal.school

    def code(self) -> str:
        """What stands on the slip that the office prints."""
        printed = self.school.accounts().post("/credentials/slips", {"person_ids": [self.mother]})
        assert printed.status_code == 200
        codes, _ = slips_in(printed.data)
        return codes["Рощина Инна Павловна"]


def slips_in(printed: bytes) -> tuple[dict[str, str], int]:
    """Codes by the names that stand over them, under the school's, and the number of pages."""
    pages = pypdf.PdfReader(io.BytesIO(printed)).pages
    lines = [line.strip() for page in pages for line in page.extract_text().splitlines()]
    names = [name for school, name in pairwise(lines) if school == "Школа № 7"]
    codes = [line.replace(" ", "") for line in lines if _CODE.fullmatch(line)]
    return dict(zip(names, codes, strict=True)), len(pages)


def class_of_thirty(school: School) -> None:
    """Pupils of 8А, each with a mother, by a list: Борина Ульяна and her mother Борина Инна, and so on."""
    names = [root + ending for root in _ROOTS for ending in _ENDINGS]
    assert len(set(names)) == 30
    _bring_in(school, [_ROW.format(name=name, born=BIRTH_DATE, middle="", consent="") for name in names])
    school.suite.deliver()


def _bring_in(school: School, lines: list[str]) -> None:
    form = {"kind": "students", "file": (io.BytesIO("\r\n".join([_HEAD, *lines]).encode()), "8А.csv")}
    office = school.journal()
    made = good(office.call("POST", "/imports", data=form, content_type="multipart/form-data"), 201)
    good(office.post(f"/imports/{made['id']}/commit", {"digest": made["digest"]}))


def picture(page: Page, name: str) -> None:
    """The whole page into the folder, if there is one."""
    if os.environ.get(FOLDER):
        folder = Path(os.environ[FOLDER])
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def make_family(journal: Journal, consent: str = "") -> Family:
    """Both come in by a list of the class; `consent` is what its column says. The daughter gets a mark today."""
    school = journal.school
    office = school.journal()
    _bring_in(school, [_ROW.format(name="Рощина", born=BIRTH_DATE, middle=" Павловна", consent=consent)])
    mother, child = (
        next(one["id"] for one in good(office.get(f"/people?kind={kind}"))["items"] if one["last_name"] == "Рощина")
        for kind in ("guardian", "student")
    )
    teacher = school.journal(journal.teacher)
    item = {"lesson_id": journal.lessons[2], "work_type": "answer"}
    column = good(teacher.post(f"/courses/{journal.course}/line-items", item), 201)["id"]
    mark = {"op_id": str(uuid.uuid4()), "student_id": child, "line_item_id": column, "symbol": "5"}
    answer = teacher.patch(f"/courses/{journal.course}/page", {"operations": [mark | {"base_version": None}]})
    assert len(good(answer)["applied"]) == 1
    school.suite.deliver()
    return Family(journal, mother, child)


@dataclass
class Phone:
    """A browser of 390 by 844 under a finger."""

    visitor: Visitor
    name: str
    taps: list[str] = field(default_factory=list)
    """What was tapped on, in order."""

    @property
    def page(self) -> Page:
        return self.visitor.page

    def tap(self, target: str | Locator) -> None:
        found = self.page.locator(target) if isinstance(target, str) else target
        found.tap()

    def type(self, name: str, text: str) -> None:
        """Into a field that is tapped on first."""
        self.tap(f"[name={name}]")
        self.page.keyboard.type(text)

    def picture(self, step: str) -> None:
        picture(self.page, f"{self.name}-{step}")

    def sign_in(self, family: Family) -> None:
        """From the square of the slip to the first page behind it."""
        self.visitor.open(f"/activate#{family.code()}")
        self.picture("1-slip")
        self.type("password", PASSWORD)
        self.type("child_birth_date", BIRTH_DATE)
        self.picture("2-typed")
        self.tap("main form button.main")
        self.page.wait_for_url(lambda url: "/activate" not in url)


def phone(visit: Visit, name: str, width: int = 390, height: int = 844) -> Phone:
    """Counts from here, over all pages."""
    visitor = visit(width=width, height=height, has_touch=True, is_mobile=width < 700)
    made = Phone(visitor, f"{name}-{width}")
    visitor.context.expose_function("tapped", lambda what: made.taps.append(what))
    visitor.context.add_init_script(_COUNTING)
    return made
