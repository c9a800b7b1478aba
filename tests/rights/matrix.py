"""The table as it is written: `matrix.csv`.

A row is a permission and what it is asked about; a column is somebody and how he stands to that; a cell is what HTTP
answers: `ok` for any 2xx, else the status. It is written by hand, from what the school's work plan says of duties and
rights, never from a `policy.py`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
OK = "ok"


@dataclass(frozen=True)
class Row:
    """What a permission means for one kind of object."""

    service: str
    permission: str
    object: str
    cells: dict[str, str]
    """By viewer."""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.service, self.permission, self.object


def rows() -> dict[tuple[str, str, str], Row]:
    """By service, permission and object."""
    with (FOLDER / "matrix.csv").open(encoding="utf-8", newline="") as file:
        found = [_row(line) for line in csv.DictReader(file)]
    table = {row.key: row for row in found}
    assert len(table) == len(found), "a row stands there twice"
    return table


def _row(line: dict[str, str]) -> Row:
    head = [line.pop(name) for name in ("service", "permission", "object")]
    line.pop("why")
    return Row(*head, line)


def class_of(status: int) -> str:
    """An answer as a cell says it."""
    return OK if 200 <= status < 300 else str(status)
