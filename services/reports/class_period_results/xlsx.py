"""The sheet as a workbook: numbers are numbers, heads stay in sight, and it prints like the sheet."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.reports.class_period_results.rules import COUNTED, TITLE, Kind, Results
from services.reports.indicators.rules import NOT_ATTESTED, NUMERIC, mean, percent

HEAD = 4
"""Row of the column titles, from 0; above it the title and what the sheet is of."""
_NAME, _FIRST = 1, 2


def render_xlsx(results: Results, author: str, snapshot: str) -> bytes:
    """Identical bytes for identical input: the workbook says that it was made at the snapshot's moment."""
    buffer = io.BytesIO()
    # What people typed is text whatever it begins with: `=` makes no formula, an address no link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        made = results.as_of.replace(tzinfo=None)
        workbook.set_properties({"title": TITLE, "author": author, "comments": snapshot, "created": made})
        _Sheet(workbook, results).write()
    return buffer.getvalue()


class _Sheet:
    """The one worksheet under way."""

    def __init__(self, workbook: xlsxwriter.Workbook, results: Results) -> None:
        self._results = results
        self._sheet: Worksheet = workbook.add_worksheet(f"{results.class_name} {results.period}")
        base = {"font_name": "Times New Roman", "font_size": 10}
        framed = base | {"border": 1, "align": "center", "valign": "vcenter"}

        def style(**more: Any) -> Format:
            return workbook.add_format(base | more)

        def cell(**more: Any) -> Format:
            return workbook.add_format(framed | more)

        self._plain, self._title = style(), style(bold=True, font_size=14)
        self._head, self._upright = cell(bold=True, text_wrap=True), cell(rotation=90, text_wrap=True)
        self._cell, self._left, self._poor = cell(), cell(align="left"), cell(bold=True, underline=1)
        self._mean, self._percent = cell(bold=True, num_format="0.00"), cell(num_format="0.0")
        self._rotated = cell(rotation=90, align="center")

    def write(self) -> None:
        results, sheet = self._results, self._sheet
        sheet.write_string(0, 0, results.school, self._plain)
        sheet.write_string(1, 0, TITLE, self._title)
        of = f"{results.class_name} класс, {results.period} {results.school_year} учебного года, {results.days}"
        sheet.write_string(2, 0, f"{of} По состоянию на {results.as_of:%d.%m.%Y, %H:%M}", self._plain)
        row = self._table() if results.pupils and results.subjects else HEAD
        for remark in results.remarks:
            sheet.write_string(row, 0, remark, self._title)
            row += 1
        sheet.write_string(row + 1, _NAME, f"Классный руководитель ____________ {results.class_teacher}", self._plain)
        self._print_set_up()

    def _table(self) -> int:
        """Heads, pupils, figures; the row behind them."""
        results = self._results
        self._heads()
        row = HEAD + 1
        for number, pupil in enumerate(results.pupils, start=1):
            self._number(row, 0, Decimal(number), self._cell)
            self._sheet.write_string(row, _NAME, pupil.name, self._left)
            for place, symbol in enumerate(pupil.marks):
                self._mark(row, _FIRST + place, symbol)
            after = _FIRST + len(pupil.marks)
            self._number(row, after, mean(pupil.average), self._mean)
            for place, count in enumerate(pupil.counts, start=after + 1):
                self._number(row, place, Decimal(count) if count else None, self._cell)
            self._sheet.write_string(row, after + 1 + len(COUNTED), pupil.category, self._left)
            if results.with_absences:
                self._number(row, after + 2 + len(COUNTED), Decimal(pupil.missed), self._cell)
                self._number(row, after + 3 + len(COUNTED), Decimal(pupil.missed_ill), self._cell)
            row += 1
        return self._class_figures(self._subject_figures(row))

    def _heads(self) -> None:
        results, sheet = self._results, self._sheet
        sheet.set_row(HEAD, 110)
        sheet.write_string(HEAD, 0, "№", self._head)
        sheet.write_string(HEAD, _NAME, "Фамилия, имя, отчество", self._head)
        titles = [subject.title for subject in results.subjects]
        titles += ["Средний балл", *(f"Отметок «{symbol}»" for symbol in COUNTED)]
        for place, title in enumerate(titles, start=_FIRST):
            sheet.write_string(HEAD, place, title, self._upright)
        after = _FIRST + len(titles)
        sheet.write_string(HEAD, after, "Категория", self._head)
        if results.with_absences:
            sheet.write_string(HEAD, after + 1, "Пропущено уроков", self._upright)
            sheet.write_string(HEAD, after + 2, "из них по болезни", self._upright)
        sheet.set_column(0, 0, 4)
        sheet.set_column(_NAME, _NAME, 32)
        sheet.set_column(_FIRST, after - 1, 5.5)
        sheet.set_column(after, after, 18)

    def _subject_figures(self, row: int) -> int:
        figures = [subject.figures for subject in self._results.subjects]
        for symbol in COUNTED:
            counts = [Decimal(one.count(symbol)) for one in figures]
            self._line(row, f"Отметок «{symbol}»", [count or None for count in counts], self._cell)
            row += 1
        self._line(row, "Успеваемость, %", [percent(one.pass_rate) for one in figures], self._percent)
        self._line(row + 1, "Качество знаний, %", [percent(one.quality) for one in figures], self._percent)
        self._line(row + 2, "СОУ, %", [percent(one.learning_degree) for one in figures], self._percent)
        self._line(row + 3, "Средний балл", [mean(one.average) for one in figures], self._mean)
        row += 4
        if self._results.with_teachers:
            self._sheet.set_row(row, 90)
            self._sheet.write_string(row, _NAME, "Учитель", self._left)
            for place, subject in enumerate(self._results.subjects, start=_FIRST):
                self._sheet.write_string(row, place, subject.teacher, self._rotated)
            row += 1
        return row + 1

    def _class_figures(self, row: int) -> int:
        styles = {
            Kind.COUNT: self._cell,
            Kind.PERCENT: self._percent,
            Kind.TENTHS: self._percent,
            Kind.MEAN: self._mean,
        }
        for total in (*self._results.pupils_by_category, *self._results.class_totals):
            # The rows of subjects above have the same names.
            of_class = {Kind.PERCENT: " класса, %", Kind.MEAN: " класса"}.get(total.kind, "")
            title = f"{'   ' if total.part else ''}{total.title}{of_class}"
            self._line(row, title, [total.value], styles[total.kind])
            row += 1
        return row

    def _line(self, row: int, title: str, values: list[Decimal | None], style: Format) -> None:
        self._sheet.write_string(row, _NAME, title, self._left)
        for place, value in enumerate(values, start=_FIRST):
            self._number(row, place, value, style)

    def _mark(self, row: int, column: int, symbol: str) -> None:
        if symbol in NUMERIC:
            self._number(row, column, Decimal(symbol), self._poor if symbol in ("2", "1") else self._cell)
        else:
            self._sheet.write_string(row, column, symbol, self._poor if symbol == NOT_ATTESTED else self._cell)

    def _number(self, row: int, column: int, value: Decimal | None, style: Format) -> None:
        if value is None:
            self._sheet.write_blank(row, column, None, style)
        else:
            self._sheet.write_number(row, column, value, style)

    def _print_set_up(self) -> None:
        sheet = self._sheet
        sheet.freeze_panes(HEAD + 1, _FIRST)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)
        sheet.set_margins(left=0.5, right=0.3, top=0.4, bottom=0.5)
        sheet.set_footer("&L&8R4&R&8Лист &P из &N")
