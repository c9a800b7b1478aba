"""A table as a document: PDF to file, XLSX to work with; the same rows in both."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from services.common import documents

TEMPLATE = Path(__file__).with_name("table.typ")
Cell = str | int | dt.date | dt.datetime | None
"""Moments by the school's clock."""
_MILLIMETRES_A_CHARACTER = 2.0


@dataclass(frozen=True)
class Column:
    title: str
    width: float
    """Its share of a landscape sheet, about millimetres."""


@dataclass(frozen=True)
class Table:
    """What is printed, in order."""

    title: str
    school: str
    remark: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    to_sign: str = ""
    """Who puts his name below."""


def render_pdf(table: Table, as_of: dt.datetime) -> bytes:
    """Landscape, the head again on every sheet."""
    data = {
        "title": table.title,
        "school": table.school,
        "remark": table.remark,
        "made": f"{as_of:%d.%m.%Y, %H:%M}",
        "columns": [column.title for column in table.columns],
        "widths": [column.width for column in table.columns],
        "rows": [[_words(cell) for cell in row] for row in table.rows],
        "to_sign": table.to_sign,
    }
    return documents.pdf_apart(TEMPLATE, data, as_of)


def render_xlsx(table: Table, as_of: dt.datetime) -> bytes:
    """One sheet with a filter; days are days and numbers numbers."""
    buffer = io.BytesIO()
    # What people typed is text whatever it begins with: `=` makes no formula, an address no link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": table.title, "author": table.school, "created": as_of.replace(tzinfo=None)})
        sheet = workbook.add_worksheet("Лист 1")
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        day = workbook.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        moment = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})
        sheet.write_string(
            0, 0, f"{table.title}. {table.school}. {table.remark}", workbook.add_format({"bold": True})
        )
        for place, column in enumerate(table.columns):
            sheet.write_string(2, place, column.title, head)
            sheet.set_column(place, place, column.width / _MILLIMETRES_A_CHARACTER)
        for number, row in enumerate(table.rows, start=3):
            for place, cell in enumerate(row):
                if isinstance(cell, dt.datetime):
                    sheet.write_datetime(number, place, cell.replace(tzinfo=None), moment)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(number, place, dt.datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a day has no zone
                elif isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                elif cell:
                    sheet.write_string(number, place, cell)
        sheet.autofilter(2, 0, 2 + len(table.rows), len(table.columns) - 1)
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    return buffer.getvalue()


def _words(cell: Cell) -> str:
    if isinstance(cell, dt.datetime):
        return f"{cell:%d.%m.%Y %H:%M}"
    return f"{cell:%d.%m.%Y}" if isinstance(cell, dt.date) else str(cell if cell is not None else "")
