"""From cells and the meaning of columns to pupils and problems. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from services.journal.imports.columns import KNOWN_BUT_NOT_KEPT, implied_relation, missing
from services.journal.imports.rules import ListedStudent, Problem, is_total, read_row


def listed_students(
    cells: Sequence[Sequence[str]],
    fields: Sequence[str | None],
    header_row: int,
    today: dt.date,
    year_start: dt.date,
) -> tuple[list[ListedStudent], list[Problem]]:
    """Pupils of all rows that can be read, and every problem of the file.

    `cells` begin with the header, which is row `header_row` of the file; `fields` say what each column holds.
    """
    header = cells[0]
    problems = [Problem("missing-column", header_row, field) for field in missing(fields)]
    if problems:
        return [], problems
    for column, (title, field) in enumerate(zip(header, fields, strict=True)):
        if field in KNOWN_BUT_NOT_KEPT and field != "number":
            problems.append(Problem("not-kept", header_row, field, warning=True))
        elif field is None and title:
            problems.append(Problem("column-unknown", header_row, None, title, warning=True))
        elif field is None:
            problems += _stray(cells, column, header_row)
    implied = {
        int(field[len("guardian")]): implied_relation(title)
        for title, field in zip(header, fields, strict=True)
        if field is not None and field.startswith("guardian") and field.endswith("_name")
    }
    students = []
    for row, line in enumerate(cells[1:], start=header_row + 1):
        values = {field: cell for cell, field in zip(line, fields, strict=False) if field is not None}
        number = values.pop("number", "")
        if not any(value.strip() for value in values.values()):
            # Ruled lines below a list often go on being numbered.
            continue
        if is_total(list(line)):
            problems.append(Problem("total-skipped", row, None, number, warning=True))
            continue
        student, found = read_row(row, values, implied, today, year_start)
        problems += found
        if student is not None:
            students.append(student)
    if not students and not problems:
        problems.append(Problem("no-rows", header_row + 1))
    return students, problems


def _stray(cells: Sequence[Sequence[str]], column: int, header_row: int) -> list[Problem]:
    """The first cell below an empty header: notes at the margin, or a row moved by a separator inside a cell."""
    for row, line in enumerate(cells[1:], start=header_row + 1):
        if line[column].strip():
            return [Problem("column-untitled", row, None, line[column].strip(), warning=True)]
    return []
