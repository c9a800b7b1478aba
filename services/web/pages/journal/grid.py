"""The journal page as an HTML table, made by plain functions: a template loop over 2,000 cells is three times slower.

`static/js/grid/paint.js` makes the same table from the same answer when columns come or go; a browser test compares
the two.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from markupsafe import Markup, escape

COMMENT, MADE_UP, NOT_COUNTED, BY_ANOTHER = 1, 2, 4, 8

Page = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """What stands under one date: a work of a lesson, the lesson's attendance, or both."""

    lesson: int | None
    attendance: int | None = None
    marks: int | None = None


@dataclass
class Cell:
    """What one pupil has in one column."""

    attendance: str = ""
    marks: dict[int, str] = field(default_factory=dict)
    flags: int = 0


@dataclass(frozen=True, eq=False)
class Words:
    """What the table says, in the page's language; made once for each."""

    student: str
    average: str
    months: Sequence[str]
    spoken: Mapping[str, str]
    """Letters in full words: «не был», not «н»."""
    comma: bool


def columns_of(page: Page) -> list[Column]:
    """The columns to show, in the answer's order: a lesson's works one beside the other, attendance in the first."""
    found: list[Column] = []
    for index, column in enumerate(page["columns"]):
        lesson = column["lesson"]
        if column["kind"] == "attendance":
            found.append(Column(lesson, index))
        elif lesson is not None and found and found[-1].lesson == lesson and found[-1].marks is None:
            found[-1] = Column(lesson, found[-1].attendance, index)
        else:
            found.append(Column(lesson, None, index))
    return found


def cells_of(page: Page, columns: Sequence[Column]) -> dict[tuple[int, int], Cell]:
    """Filled cells by pupil and shown column."""
    shown: dict[int, int] = {}
    for index, column in enumerate(columns):
        for part in (column.attendance, column.marks):
            if part is not None:
                shown[part] = index
    cells: dict[tuple[int, int], Cell] = {}
    for student, column_index, slot, symbol, _version, flags in page["cells"]:
        cell = cells.setdefault((student, shown[column_index]), Cell())
        if page["columns"][column_index]["kind"] == "attendance":
            cell.attendance = symbol or ""
        elif symbol:
            cell.marks[slot] = symbol
        cell.flags |= flags
    return cells


def tone(symbol: str) -> str:
    """Class of a symbol's tint."""
    return {"5": "g", "4": "g", "3": "y", "2": "r", "1": "r"}.get(symbol, "l" if symbol[:1].isalpha() else "n")


def grid_html(page: Page, today: date, words: Words) -> Markup:
    """The whole table."""
    columns = columns_of(page)
    cells = cells_of(page, columns)
    now = today.isoformat()
    classes = [_column_class(page, column, now) for column in columns]
    parts = ['<table role="grid" aria-label="', escape(_caption(page)), '" aria-rowcount="']
    parts += [
        str(len(page["students"]) + 2),
        '" aria-colcount="',
        str(len(columns) + 2),
        '"><colgroup><col class="name">',
    ]
    parts += [f'<col class="c {kind}">' for kind in classes]
    parts += ['<col class="avg"></colgroup><thead>']
    _head(parts, page, columns, words, now)
    parts.append("</tr></thead><tbody>")
    averages = page["averages"]
    for index, student in enumerate(page["students"]):
        out = student.get("to") and student["to"] <= now
        parts.append('<tr class="out">' if out else "<tr>")
        parts.append(_name(index, student["name"]))
        for place in range(len(columns)):
            cell = cells.get((index, place))
            kind = classes[place]
            parts.append(_cell(cell, kind, words) if cell else f'<td class="{kind}"></td>' if kind else "<td></td>")
        parts.append(f'<td class="avg">{_average(averages[index], words)}</td></tr>')
    parts.append("</tbody></table>")
    return Markup("".join(parts))  # noqa: S704 - every value above is escaped or our own


def _name(index: int, name: str) -> str:
    number = f'<span class="no">{index + 1}</span>'
    return f'<th scope="row">{number}<span class="who">{escape(name)}</span></th>'


def _caption(page: Page) -> str:
    return f"{page['course']['subject']}, {page['course']['class']}"


def day_of(page: Page, column: Column) -> str:
    """The day a column stands under."""
    if column.lesson is not None:
        return str(page["lessons"][column.lesson]["date"])
    assert column.marks is not None
    return str(page["columns"][column.marks]["date"])


def _column_class(page: Page, column: Column, now: str) -> str:
    """x: closed, hatched; later: not yet; free-standing works follow the period."""
    if column.lesson is None:
        return "x" if (page.get("period") or {}).get("closed_at") else ""
    lesson = page["lessons"][column.lesson]
    if lesson["editable"]:
        return ""
    return "later" if lesson["date"] > now else "x"


def _head(parts: list[str], page: Page, columns: Sequence[Column], words: Words, now: str) -> None:
    parts.append(f'<tr><th scope="col" rowspan="2" class="name">{words.student}</th>')
    for month, width, closed in _months(page, columns, now):
        name = words.months[month - 1]
        kind = "month shut" if closed else "month"
        parts.append(f'<th scope="colgroup" colspan="{width}" class="{kind}"><span>{name}</span></th>')
    parts.append(f'<th scope="col" rowspan="2" class="avg">{words.average}</th></tr><tr>')
    types = {kind["code"]: kind for kind in page["course"]["work_types"]}
    for column in columns:
        work = page["columns"][column.marks] if column.marks is not None else None
        short = _short(work, types)
        day = day_of(page, column)
        kind = "d today" if day == now else "d"
        shown = f"<b>{escape(short or '•')}</b>" if short or column.lesson is None else ""
        parts.append(f'<th scope="col" class="{kind}"><span>{int(day[8:])}</span>{shown}</th>')


def _short(work: Mapping[str, Any] | None, types: Mapping[str, Any]) -> str:
    """What stands under the date; nothing for the usual answer, as it is written in no journal."""
    if work is None or work["work_type"] == "answer":
        return ""
    return str(types.get(work["work_type"], {}).get("short") or "")


def _months(page: Page, columns: Sequence[Column], now: str) -> list[tuple[int, int, bool]]:
    """Runs of columns of one month: month, width, whether all of it is closed."""
    runs: list[tuple[int, int, bool]] = []
    for column in columns:
        month = int(day_of(page, column)[5:7])
        closed = _column_class(page, column, now) == "x"
        if runs and runs[-1][0] == month:
            runs[-1] = (month, runs[-1][1] + 1, runs[-1][2] and closed)
        else:
            runs.append((month, 1, closed))
    return runs


def _cell(cell: Cell, kind: str, words: Words) -> str:
    symbols = [cell.marks[slot] for slot in sorted(cell.marks)] if cell.marks else []
    if cell.attendance:
        symbols.append(cell.attendance)
    return _filled(tuple(symbols), bool(cell.attendance), kind, cell.flags, words)


@functools.lru_cache(maxsize=4096)
def _filled(symbols: tuple[str, ...], spells_attendance: bool, kind: str, flags: int, words: Words) -> str:
    """A cell's markup; a page has hundreds of cells and a school a few dozen kinds of them."""
    if not symbols:
        return f'<td class="{kind}"></td>' if kind else "<td></td>"
    shown = ((kind, True), ("note", flags & COMMENT), ("other", flags & BY_ANOTHER))
    classes = " ".join(name for name, holds in shown if name and holds)
    label = f' aria-label="{escape(spoken(symbols, words))}"' if spells_attendance else ""
    attributes = f' class="{classes}"' if classes else ""
    return f"<td{attributes}{label}>{tile(symbols)}</td>"


def tile(symbols: Sequence[str]) -> str:
    """The tinted tile of a cell; split when it holds more than one symbol."""
    if len(symbols) == 1:
        return f'<span class="m {tone(symbols[0])}">{escape(symbols[0])}</span>'
    halves = "".join(f'<i class="{tone(symbol)}">{escape(symbol)}</i>' for symbol in symbols)
    return f'<span class="m two">{halves}</span>'


def spoken(symbols: Sequence[str], words: Words) -> str:
    """What a screen reader says."""
    return ", ".join(words.spoken.get(symbol, symbol) for symbol in symbols)


def _average(value: str | None, words: Words) -> str:
    if value is None:
        return ""
    return value.replace(".", ",") if words.comma else value
