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


def check(school: School, content: bytes, name: str, kind: str) -> None:
    """A list is refused, or a row of it, or its name is in the register afterwards."""
    sent = send(school, content, name)
    if sent.status_code != UnprocessableError.status:
        made = good(sent, 201)
        wrong = any(problem["level"] == "error" for problem in made["problems"])
        committed = school.journal().post(f"/imports/{made['id']}/commit", {"digest": made["digest"]})
        assert committed.status_code in ((409, 422) if wrong else (200,)), (kind, committed.get_data(as_text=True))
    else:
        assert sent.mimetype == "application/problem+json"
    names = [one["last_name"] for one in good(school.journal().get("/people?kind=student"))["items"]]
    assert (tidied(CELLS[kind]) in names) is (kind in NAMES), kind


def test_a_cell_of_a_csv_file_is_a_name_or_a_refusal(school: School) -> None:
    for kind, text in CELLS.items():
        check(school, comma_separated(text), "список.csv", kind)


def test_a_cell_of_a_workbook_is_a_name_or_a_refusal(school: School) -> None:
    for kind, text in CELLS.items():
        if kind not in XML_CANNOT:
            check(school, workbook(text), "список.xlsx", kind)


def test_a_file_of_any_name_and_header_is_answered(school: School) -> None:
    for kind, text in CELLS.items():
        name = text[:100].replace("\r\n", " ")
        head = comma_separated("Рощина").replace("Класс".encode(), text.replace('"', "")[:500].encode())
        assert send(school, head, f"{name}.csv").status_code in (201, 400, 422), kind
