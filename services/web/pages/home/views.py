"""The first page: what this person has to do, by permission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import flask
from flask_babel import gettext as _
from flask_babel import ngettext

from services.web.pages.journals.views import by_class
from services.web.person import Person, ask, person, signed_in

page = flask.Blueprint("home", __name__)


@dataclass(frozen=True)
class Step:
    """A line of the first hour."""

    title: str
    done: bool
    side: str
    text: str = ""
    buttons: tuple[tuple[str, str], ...] = ()


@page.get("/")
@signed_in
def home() -> flask.typing.ResponseReturnValue:
    viewer = person()
    if viewer.may("MARK_SET"):
        return _teachers_day(viewer)
    if viewer.may("SETUP_WRITE") and viewer.may("PEOPLE_WRITE"):
        return _set_up(viewer)
    if viewer.may("JOURNAL_PAGE_READ"):
        return flask.redirect("/journals", 303)
    if viewer.children or "student" in viewer.kinds:
        return flask.redirect("/diary", 303)
    return flask.render_template("pages/home/nothing.html", section="home")


def today_of(viewer: Person) -> date:
    """The present day in the school."""
    return datetime.now(ZoneInfo(viewer.zone)).date()


def _teachers_day(viewer: Person) -> flask.typing.ResponseReturnValue:
    today = today_of(viewer)
    found = ask(
        "journal",
        "GET",
        "/lessons",
        params={"from": today.isoformat(), "to": today.isoformat(), "teacher": viewer.id},
    )["items"]
    lessons = sorted(found, key=lambda lesson: lesson.get("number") or 0)
    courses = ask("journal", "GET", "/courses")["items"]
    return flask.render_template(
        "pages/home/teacher.html", section="home", today=today, lessons=lessons, groups=by_class(courses)
    )


def _set_up(viewer: Person) -> flask.typing.ResponseReturnValue:
    classes = ask("journal", "GET", "/classes")["items"]
    staff = ask("journal", "GET", "/people", params={"kind": "staff", "limit": 2})["items"]
    courses = ask("journal", "GET", "/courses")["items"]
    steps = _steps(classes, [one for one in staff if one["id"] != viewer.id], courses)
    done = sum(step.done for step in steps)
    if done == len(steps):
        return flask.render_template(
            "pages/home/administrator.html", section="home", today=today_of(viewer), groups=by_class(courses)
        )
    return flask.render_template(
        "pages/home/first_hour.html",
        section="home",
        steps=steps,
        done=done,
        open_step=next(index for index, step in enumerate(steps) if not step.done),
    )


def _steps(classes: list[Any], staff: list[Any], courses: list[Any]) -> list[Step]:
    pupils = sum(one.get("students") or 0 for one in classes)
    return [
        Step(_("Школа и учебный год"), True, _("созданы")),
        Step(_("Четверти, шкала, виды работ"), True, _("заданы, можно изменить")),
        Step(
            _("Классы и ученики"),
            pupils > 0,
            ngettext("%(num)d ученик", "%(num)d учеников", pupils) if pupils else _("10 мин"),
            _("Загрузите список класса из Excel: столбцы узнаем сами, ошибки покажем до записи."),
            ((_("Загрузить список"), "/import"), (_("Добавить класс вручную"), "/classes")),
        ),
        Step(
            _("Учителя"),
            bool(staff),
            _("5 мин"),
            _("Добавьте учителей, а потом классных руководителей."),
            ((_("Добавить учителя"), "/people/new?kind=staff"),),
        ),
        Step(
            _("Предметы и уроки"),
            bool(courses),
            _("10 мин"),
            _("Предмет в классе с учителем — это журнал. Уроки добавляются по дням недели."),
            ((_("Добавить предмет"), "/courses/new"),),
        ),
        Step(
            _("Коды входа"),
            False,
            _("5 мин"),
            _("Выдайте учителям и родителям коды для первого входа и напечатайте листки."),
            ((_("Выдать коды"), "/people?kind=staff"),),
        )
        if not courses
        else Step(_("Коды входа"), True, _("выдаются в разделе «Люди»")),
    ]
