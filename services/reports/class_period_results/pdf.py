"""The sheet as PDF/A, and its pages as pictures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from services.common import documents
from services.reports.class_period_results.rules import COUNTED, TITLE, Kind, Results, Total
from services.reports.indicators.rules import EXEMPT, NOT_ATTESTED, mean, percent

TEMPLATE = Path(__file__).with_name("class_period_results.typ")
SNAPSHOT_SHOWN = 9
"""Signs of the snapshot's name at the foot of the sheet: enough to find it, short enough to read out."""


def render_pdf(results: Results, author: str, snapshot: str) -> bytes:
    return documents.pdf(TEMPLATE, _data(results, author, snapshot), results.as_of)


def render_pages(results: Results, author: str, snapshot: str) -> list[bytes]:
    return documents.pictures(TEMPLATE, _data(results, author, snapshot), results.as_of)


def _data(results: Results, author: str, snapshot: str) -> dict[str, Any]:
    """Everything as the strings that stand on the sheet."""
    return {
        "title": TITLE,
        "school": results.school,
        "class": results.class_name,
        "period": results.period,
        "year": results.school_year,
        "days": results.days,
        "as_of": f"{results.as_of:%d.%m.%Y, %H:%M}",
        "subjects": [subject.title for subject in results.subjects],
        "teachers": [subject.teacher for subject in results.subjects] if results.with_teachers else None,
        "absences": results.with_absences,
        "counted": COUNTED,
        "pupils": [
            {
                "name": pupil.name,
                "marks": pupil.marks,
                "average": _shown(mean(pupil.average), ""),
                "counts": [str(count or "") for count in pupil.counts],
                "category": pupil.category,
                "missed": str(pupil.missed or ""),
                "ill": str(pupil.missed_ill or ""),
            }
            for pupil in results.pupils
        ],
        "footers": _footers(results),
        "totals": _totals(results),
        "remarks": results.remarks,
        "class_teacher": results.class_teacher,
        "author": author,
        "snapshot": snapshot[:SNAPSHOT_SHOWN],
    }


def _footers(results: Results) -> list[dict[str, Any]]:
    """Rows under the pupils: a title and a figure for each subject."""

    def count(symbol: str) -> list[str]:
        return [str(subject.figures.count(symbol) or "") for subject in results.subjects]

    figures = [subject.figures for subject in results.subjects]
    return [
        *({"title": f"Отметок «{symbol}»", "values": count(symbol)} for symbol in ("5", "4", "3", "2")),
        {"title": "Не аттестованы (н/а)", "values": count(NOT_ATTESTED)},
        {"title": "Освобождены (осв)", "values": count(EXEMPT)},
        {"title": "Успеваемость, %", "values": [_shown(percent(one.pass_rate)) for one in figures]},
        {"title": "Качество знаний, %", "values": [_shown(percent(one.quality)) for one in figures]},
        {"title": "СОУ, %", "values": [_shown(percent(one.learning_degree)) for one in figures]},
        {"title": "Средний балл", "values": [_shown(mean(one.average)) for one in figures], "strong": True},
    ]


def _totals(results: Results) -> dict[str, Any]:
    return {
        "left": [_total(total) for total in results.pupils_by_category],
        "right": [_total(total) for total in results.class_totals],
    }


def _total(total: Total) -> tuple[str, str, int]:
    return total.title, _shown(total.value, unit=" %" if total.kind is Kind.PERCENT else ""), int(total.part)


def _shown(value: Decimal | None, none: str = "–", unit: str = "") -> str:
    return none if value is None else str(value).replace(".", ",") + unit
