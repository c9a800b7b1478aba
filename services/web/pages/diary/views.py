"""A child's week: lessons, marks and absences by day."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import flask
from werkzeug.exceptions import NotFound

from services.web.clients import ApiError
from services.web.forms import a_date
from services.web.pages.diary.closed import closed_diary
from services.web.pages.home.views import today_of
from services.web.pages.journal.views import spoken_letters
from services.web.person import ask, person, signed_in

page = flask.Blueprint("diary", __name__)

_ABSENT = frozenset({"Н", "Б", "УП", "НП"})


@page.get("/diary")
@signed_in
def own() -> flask.typing.ResponseReturnValue:
    viewer = person()
    if viewer.children:
        first = next((child for child in viewer.children if child.reads_diary), viewer.children[0])
        return flask.redirect(f"/diary/{first.id}", 303)
    if "student" in viewer.kinds:
        return flask.redirect(f"/diary/{viewer.id}", 303)
    raise NotFound


@page.get("/diary/<uuid:student>")
@signed_in
def diary(student: uuid.UUID) -> flask.typing.ResponseReturnValue:
    viewer = person()
    today = today_of(viewer)
    asked = a_date(flask.request.args.get("week"))
    monday = monday_of(asked or _school_day(today))
    child = next((one for one in viewer.children if one.id == str(student)), None)
    try:
        found = ask(
            "journal",
            "GET",
            "/diary",
            params={
                "student": str(student),
                "from": monday.isoformat(),
                "to": (monday + timedelta(days=5)).isoformat(),
            },
        )
    except ApiError as error:
        if error.status != 403 or child is None:
            raise
        return closed_diary(child, {})
    days = week(found, monday)
    return flask.render_template(
        "pages/diary/page.html",
        section="diary",
        student=found["student"],
        child=child,
        days=days,
        monday=monday,
        today=today,
        selected=_selected(flask.request.args.get("day"), days, today),
        sums=sums(days),
        short=_short(days, today),
        spoken=spoken_letters(),
    )


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def _school_day(today: date) -> date:
    return today + timedelta(days=1) if today.weekday() == 6 else today


def week(found: dict[str, Any], monday: date) -> list[dict[str, Any]]:
    """Monday to Friday, and Saturday when it has lessons."""
    by_day = {day["date"]: day["lessons"] for day in found["days"]}
    days = [monday + timedelta(days=offset) for offset in range(6)]
    return [
        {"date": day, "lessons": by_day.get(day.isoformat(), [])}
        for day in days
        if day.weekday() < 5 or by_day.get(day.isoformat())
    ]


def sums(days: list[dict[str, Any]]) -> dict[str, Any]:
    """Marks of the week, their plain mean, lessons missed."""
    lessons = [lesson for day in days for lesson in day["lessons"]]
    marks = [mark["symbol"] for lesson in lessons for mark in lesson["marks"]]
    numbers = [Decimal(symbol) for symbol in marks if symbol.isdigit()]
    mean = sum(numbers, Decimal()) / len(numbers) if numbers else None
    return {
        "marks": len(marks),
        "mean": str(mean.quantize(Decimal("0.01"), ROUND_HALF_UP)) if mean is not None else None,
        "missed": sum((lesson["attendance"] or {}).get("code") in _ABSENT for lesson in lessons),
    }


def _selected(asked: str | None, days: list[dict[str, Any]], today: date) -> date:
    """The day that a phone shows."""
    known = [day["date"] for day in days]
    wanted = a_date(asked)
    if wanted is not None and wanted in known:
        return wanted
    return today if today in known else known[0]


def _short(days: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Today's marks and absences, answered before anybody reads the week."""
    now = next((day for day in days if day["date"] == today), None)
    if now is None:
        return []
    return [
        {"symbol": symbol, "subject": lesson["subject"]}
        for lesson in now["lessons"]
        for symbol in [mark["symbol"] for mark in lesson["marks"]]
        + ([lesson["attendance"]["code"]] if lesson["attendance"] else [])
    ]
