"""Snapshots typed by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

QUARTER = uuid.UUID("01990000-0000-7000-8000-000000000001")
EXAMPLE = {
    "Андреев": "5 5 5 5",
    "Белова": "5 5 4 5",
    "Волков": "5 4 4 4",
    "Гусева": "5 4 3 4",
    "Дёмин": "3 4 3 4",
    "Егорова": "3 2 4 4",
    "Жуков": "н/а 4 4 5",
    "Зайцева": "осв 5 5 5",
}
SUBJECTS = ("Русский язык", "Математика", "История", "Физическая культура")
YEAR = {"from": "2026-09-01", "to": None}


def person(last_name: str, **term: Any) -> dict[str, Any]:
    return {"last_name": last_name, "first_name": "Анна", "middle_name": "Игоревна", **term}


def document(
    rows: Mapping[str, str] = EXAMPLE,
    subjects: Sequence[str] = SUBJECTS,
    *,
    grade: int = 8,
    left: Mapping[str, str] | None = None,
    absences: Sequence[Sequence[Any]] = (),
) -> dict[str, Any]:
    """A class of the first quarter; `–` is no mark; `left` names days from which somebody is no member any more."""
    names = list(rows)
    given = [(place, row.split()) for place, row in enumerate(rows.values())]
    return {
        "kind": "class_year",
        "as_of": "2026-10-23T13:40:00+00:00",
        "school": {"name": "Школа № 12", "zone": "Europe/Simferopol"},
        "year": {"id": str(QUARTER), "starts_on": "2026-09-01", "ends_on": "2027-05-31"},
        "class": {"id": str(QUARTER), "grade_level": grade, "letter": "А"},
        "class_teachers": [person("Османова", **YEAR)],
        "periods": [
            {
                "id": str(QUARTER),
                "kind": "quarter",
                "ordinal": 1,
                "starts_on": "2026-09-01",
                "ends_on": "2026-10-23",
                "closed_at": None,
            }
        ],
        "students": [
            {"id": str(uuid.uuid4()), **person(name), "terms": [YEAR | {"to": (left or {}).get(name)}]}
            for name in names
        ],
        "courses": [
            {"id": str(uuid.uuid4()), "subject": subject, "kind": "lesson", "scale": "five", "teachers": [
                person("Орлова", **YEAR)
            ]}
            for subject in subjects
        ],
        "period_marks": [
            [student, course, 0, symbol, ""]
            for student, symbols in given
            for course, symbol in enumerate(symbols)
            if symbol != "–"
        ],
        "absences": [list(absence) for absence in absences],
    }  # fmt: skip
