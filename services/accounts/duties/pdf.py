"""The list of duties as the appendix to a director's order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.accounts.duties.rules import Duty, Held
from services.accounts.roles.rules import Direction, RoleKind
from services.common import documents

TEMPLATE = Path(__file__).with_name("duties.typ")

ROLES = {
    RoleKind.DIRECTOR: "директор",
    RoleKind.DEPUTY: "заместитель директора",
    RoleKind.ADMINISTRATOR: "администратор электронного журнала",
    RoleKind.SECRETARY: "секретарь",
    RoleKind.MEDIC: "медицинский работник",
}
# An early version took any text for a direction: what it took stands as it was written.
DIRECTIONS: dict[str, str] = {
    Direction.LESSONS: "своевременность записи уроков",
    Direction.MARKS_TIMELY: "своевременность выставления отметок",
    Direction.MARK_DENSITY: "накопляемость отметок",
    Direction.ATTENDANCE: "учёт посещаемости",
    Direction.PROGRAMME: "прохождение программы",
    Direction.HOMEWORK_FILLED: "запись домашних заданий",
    Direction.HOMEWORK_FIT: "объём и содержание домашних заданий",
    Direction.PLAN_FULFILLED: "выполнение планирования",
    Direction.CORRECTIONS: "исправления записей",
}


def render(
    duties: Sequence[Duty],
    school: str,
    on: dt.date,
    order_number: str,
    order_date: dt.date | None,
    as_of: dt.datetime,
) -> bytes:
    """A PDF/A file in landscape, everybody a row, with a place to sign."""
    data = {
        "title": "Распределение обязанностей по ведению электронного журнала",
        "school": school,
        "on": f"{on:%d.%m.%Y}",
        "order_number": order_number,
        "order_date": f"{order_date:%d.%m.%Y}" if order_date else "",
        "rows": [_row(number, duty) for number, duty in enumerate(duties, 1)],
    }
    return documents.pdf_apart(TEMPLATE, data, as_of)


def _row(number: int, duty: Duty) -> dict[str, Any]:
    return {
        "number": str(number),
        "name": duty.name,
        "position": duty.position,
        "roles": [_role(role) for role in duty.roles],
        "leads": ", ".join(str(one["class_name"]) for one in duty.leads),
        "teaches": [f"{subject}: {', '.join(names)}" for subject, names in by_subject(duty).items()],
    }


def by_subject(duty: Duty) -> dict[str, list[str]]:
    """The classes in which somebody teaches, under each subject, without repetition."""
    found: dict[str, list[str]] = {}
    for one in duty.teaches:
        names = found.setdefault(str(one["subject"]), [])
        if one["class_name"] not in names:
            names.append(str(one["class_name"]))
    return found


def _role(role: Held) -> dict[str, str]:
    scope = []
    if role.classes is not None:
        scope.append("классы " + ", ".join(one.name for one in role.classes))
    if role.directions is not None:
        scope.append("контроль: " + ", ".join(DIRECTIONS.get(one, one) for one in role.directions))
    term = f"с {role.from_on:%d.%m.%Y}" + (f" до {role.to_on:%d.%m.%Y}" if role.to_on else "")
    order = f"приказ № {role.order_number}" if role.order_number else ""
    if role.order_date:
        order = f"{order or 'приказ'} от {role.order_date:%d.%m.%Y}"
    return {
        "title": ROLES[RoleKind(role.kind)],
        "scope": "; ".join(scope),
        "term": ", ".join(filter(None, (term, order))),
    }
