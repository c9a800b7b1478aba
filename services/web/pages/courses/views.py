"""Subjects, courses with their teachers, and lessons by hand."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import flask
from flask_babel import gettext as _
from flask_babel import ngettext

from services.common.text import whole_number
from services.web import forms, i18n
from services.web.clients import ApiError
from services.web.pages.courses.dates import MOST_DAYS, lesson_days
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, person, signed_in

page = flask.Blueprint("courses", __name__)

_LONGEST_SPAN = 366
_MONDAY = date(2026, 1, 5)


@page.get("/courses")
@signed_in
def courses() -> flask.typing.ResponseReturnValue:
    found = ask("journal", "GET", "/courses")["items"]
    return flask.render_template("pages/courses/page.html", section="courses", courses=found)


@page.get("/courses/new")
@allowed("SETUP_WRITE")
def new_course() -> flask.typing.ResponseReturnValue:
    return _form({}, {})


@page.post("/courses/subjects")
@signed_in
def add_subject() -> flask.typing.ResponseReturnValue:
    try:
        made = ask("journal", "POST", "/subjects", body={"name": forms.text("name")})
    except ApiError as error:
        sentences = {"subject-exists": _("Такой предмет уже есть: выберите его в списке.")}
        found = forms.refusal(error, sentences)
        return flask.make_response(
            flask.render_template("pages/courses/subject.html", section="courses", errors=found), error.status
        )
    return flask.redirect(f"/courses/new?subject={made['id']}", 303)


@page.get("/courses/subjects")
@allowed("SETUP_WRITE")
def new_subject() -> flask.typing.ResponseReturnValue:
    return flask.render_template("pages/courses/subject.html", section="courses", errors={})


@page.post("/courses/new")
@signed_in
def add_course() -> flask.typing.ResponseReturnValue:
    chosen = forms.filled("class_id", "subject_id", "person_id", "from")
    wrong = {
        name: _("Выберите из списка.")
        for name in ("class_id", "subject_id", "person_id")
        if not forms.is_id(chosen.get(name))
    }
    if wrong:
        return _form(wrong, chosen, 422)
    body = {
        "class_id": chosen["class_id"],
        "subject_id": chosen["subject_id"],
        "kind": "lesson",
        "teachers": [{"person_id": chosen["person_id"], "from": chosen.get("from", "")}],
    }
    try:
        made = ask("journal", "POST", "/courses", body=body)
    except ApiError as error:
        found = forms.refusal(error, {"course-exists": _("Такой предмет в этом классе уже есть.")})
        # The refused question was one of the page's three: the lists come with the next look.
        return flask.make_response(
            flask.render_template("pages/courses/refused.html", section="courses", errors=found), error.status
        )
    return flask.redirect(f"/courses/{made['id']}?added=1", 303)


def _form(errors: forms.Errors, chosen: dict[str, str], status: int = 200) -> flask.Response:
    classes = ask("journal", "GET", "/classes")["items"]
    subjects = ask("journal", "GET", "/subjects")["items"]
    staff = ask("journal", "GET", "/people", params={"kind": "staff", "limit": 200})["items"]
    body = flask.render_template(
        "pages/courses/new.html",
        section="courses",
        classes=[(one["id"], one["name"]) for one in classes],
        subjects=[(one["id"], one["name"]) for one in subjects],
        staff=staff,
        chosen={"subject_id": flask.request.args.get("subject", "")} | chosen,
        errors=errors,
        from_day=_year_began(today_of(person())).isoformat(),
    )
    return flask.make_response(body, status)


def _year_began(today: date) -> date:
    """A teacher usually teaches from the first of September; the form's suggestion, nothing more."""
    return date(today.year if today.month >= 7 else today.year - 1, 9, 1)


@page.get("/courses/<uuid:course>")
@signed_in
def one_course(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _course(course, {})


@page.post("/courses/<uuid:course>/lessons")
@signed_in
def plan_lessons(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """The first step shows the days, the second saves those that are still ticked."""
    if flask.request.form.get("step") == "save":
        return _save_lessons(course)
    first, last = forms.a_date(forms.text("from")), forms.a_date(forms.text("to"))
    weekdays = {int(one) for one in flask.request.form.getlist("weekday") if one in "0123456"}
    errors: forms.Errors = {}
    if first is None:
        errors["from"] = _("Такого дня нет.")
    if last is None or (first and not timedelta() <= last - first <= timedelta(days=_LONGEST_SPAN)):
        errors["to"] = _("Последний день должен быть позже первого, не дальше года.")
    if not weekdays:
        errors["weekday"] = _("Отметьте хотя бы один день недели.")
    if errors or first is None or last is None:
        return _course(course, errors, status=422)
    days = lesson_days(first, last, weekdays)
    if not 0 < len(days) <= MOST_DAYS:
        return _course(
            course, {"to": _("Получилось дней: %(count)d. Выберите другой срок.", count=len(days))}, status=422
        )
    return _course(course, {}, days)


def _save_lessons(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    days = sorted({day for day in map(forms.a_date, flask.request.form.getlist("date")) if day})
    number = whole_number(forms.text("number"))
    if not days or number is None:
        return _course(course, {"": _("Отметьте хотя бы один день.")}, status=422)
    body = {"dates": [day.isoformat() for day in days], "number": number}
    try:
        made = ask("journal", "POST", f"/courses/{course}/lessons", body=body)["items"]
    except ApiError as error:
        found = forms.refusal(error)
        if any(str(entry.get("pointer", "")).startswith("/dates") for entry in error.errors):
            found = {"": _("В один из этих дней такой урок уже есть или день вне учебного года.")}
        return _course(course, found, status=error.status)
    return flask.redirect(f"/courses/{course}?lessons={len(made)}", 303)


def _course(
    course: uuid.UUID, errors: forms.Errors, days: list[date] | None = None, status: int = 200
) -> flask.Response:
    found = ask("journal", "GET", f"/courses/{course}")
    periods = ask("journal", "GET", "/periods", params={"grade": found["grade_level"]})["items"]
    today = today_of(person())
    last = next((one["ends_on"] for one in periods if one["ends_on"] >= today.isoformat()), "")
    body = flask.render_template(
        "pages/courses/one.html",
        section="courses",
        one=found,
        lessons=_lessons(course, periods) if flask.request.method == "GET" else None,
        days=days,
        weekdays=[(number, i18n.day(_MONDAY + timedelta(days=number), "EEEE")) for number in range(6)],
        errors=errors,
        form=flask.request.form,
        chosen=flask.request.form.getlist("weekday"),
        done=_done(flask.request.args),
        today=today.isoformat(),
        last=last,
    )
    return flask.make_response(body, status)


def _lessons(course: uuid.UUID, periods: list[Any]) -> list[Any]:
    span = {"course": str(course)}
    if periods:
        span |= {"from": periods[0]["starts_on"], "to": periods[-1]["ends_on"]}
    return list(ask("journal", "GET", "/lessons", params=span)["items"])


def _done(arguments: Any) -> str:
    if arguments.get("added"):
        return _("Журнал заведён. Теперь добавьте уроки.")
    count = whole_number(arguments.get("lessons", ""))
    return "" if count is None else ngettext("Добавлен %(num)d урок.", "Добавлено уроков: %(num)d.", count)
