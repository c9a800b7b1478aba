"""A class list with anything in its cells: every name comes into the register as it stands, or its row is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
import time_machine
import xlsxwriter
from werkzeug.test import TestResponse

from services.common.problems import UnprocessableError
from tests.fuzz.naughty import STRINGS, tidied
from tests.support.school import School, good

NOW = "2026-11-25T09:00:00+00:00"
HEAD = ("Класс", "Фамилия", "Имя", "Дата рождения")
NAMES = {"decomposed", "word"}
"""Of letters, as the names in a list must be; the rest is refused by its row."""
CELLS = {kind: text for kind, text in STRINGS.items() if kind != "lone surrogate"}
"""A file of bytes has no half a character."""
XML_CANNOT = {"NUL", "control characters", "noncharacter"}
"""XML has no way to write them; a workbook says so before it is sent."""


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def comma_separated(text: str) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([HEAD, ("7В", text, "Ульяна", "14.03.2013")])
    return written.getvalue().encode()


def workbook(text: str) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([HEAD, ("7В", text, "Ульяна", "14.03.2013")]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    return written.getvalue()


def send(school: School, content: bytes, name: str) -> TestResponse:
    form = {"kind": "students", "file": (io.BytesIO(content), name)}
    return school.journal().call("POST", "/imports", data=form, content_type="multipart/form-data")


def taken_in(school: School, content: bytes, name: str) -> list[str]:
    """Family names that a list brings into the register; none of a list that was refused."""
    sent = send(school, content, name)
    if sent.status_code == UnprocessableError.status:
        assert sent.mimetype == "application/problem+json"
        return []
    made = good(sent, 201)
    body = {"digest": made["digest"]}
    committed = school.journal().post(f"/imports/{made['id']}/commit", body)
    if any(problem["level"] == "error" for problem in made["problems"]):
        assert committed.status_code in (409, 422), committed.get_data(as_text=True)
    else:
        good(committed)
    return [one["last_name"] for one in good(school.journal().get("/people?kind=student"))["items"]]


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_of_a_csv_file_is_a_name_or_a_refusal(school: School, kind: str) -> None:
    found = taken_in(school, comma_separated(CELLS[kind]), "список.csv")
    assert found == ([tidied(CELLS[kind])] if kind in NAMES else [])


@pytest.mark.parametrize("kind", [kind for kind in CELLS if kind not in XML_CANNOT])
def test_a_cell_of_a_workbook_is_a_name_or_a_refusal(school: School, kind: str) -> None:
    found = taken_in(school, workbook(CELLS[kind]), "список.xlsx")
    assert found == ([tidied(CELLS[kind])] if kind in NAMES else [])


@pytest.mark.parametrize("kind", CELLS)
def test_a_file_of_any_name_and_header_is_answered(school: School, kind: str) -> None:
    name = CELLS[kind][:100].replace("\r\n", " ")
    head = comma_separated("Рощина").replace("Класс".encode(), CELLS[kind].replace('"', "")[:500].encode())
    assert send(school, head, f"{name}.csv").status_code in (201, 400, 422)
