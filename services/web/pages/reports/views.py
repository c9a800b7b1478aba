"""Reports: what to make, how far it is, the sheet, the files."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, asker, backend, person

page = flask.Blueprint("reports", __name__)

FORM = "class_period_results"
NEAR_ITS_END = timedelta(days=14)
"""A period is reported on from so long before its end."""
_SHOWN = 20


@page.get("/reports")
@allowed("CLASS_REPORT")
def reports() -> flask.typing.ResponseReturnValue:
    return _overview({})


@page.post("/reports")
@allowed("CLASS_REPORT")
def make() -> flask.typing.ResponseReturnValue:
    chosen = {"class": forms.text("class"), "period": forms.text("period")}
    missing = {name: _("Выберите из списка.") for name, value in chosen.items() if not forms.is_id(value)}
    if missing:
        return _overview(missing, 422)
    parameters = chosen | {"absences": bool(forms.text("absences")), "teachers": bool(forms.text("teachers"))}
    try:
        job = ask("reports", "POST", "/reports", body={"form": FORM, "parameters": parameters})
    except ApiError as error:
        errors = forms.refusal(error)
        if any(entry.get("pointer") == "/parameters/period" for entry in error.errors):
            errors = {"period": _("В этом классе другие периоды: четверти в 1–9, полугодия в 10–11.")}
        return _overview(errors, error.status)
    return flask.redirect(f"/reports/{job['id']}", 303)


@page.get("/reports/<uuid:job_id>")
@allowed("CLASS_REPORT")
def one(job_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    job = ask("reports", "GET", f"/reports/{job_id}")
    return flask.render_template(
        "pages/reports/one.html",
        section="reports",
        job=job,
        steps=_steps(job),
        as_of=job["as_of"],
        failure=failures().get(job["failure"] or "", ""),
        chosen=job["parameters"],
        errors={},
        **_choices(),
    )


@page.get("/reports/<uuid:job_id>/state.json")
@allowed("CLASS_REPORT")
def state(job_id: uuid.UUID) -> flask.Response:
    """How far it is, for the page's look every second."""
    job = ask("reports", "GET", f"/reports/{job_id}")
    return flask.jsonify({"state": job["state"], "progress": job["progress"]})


@page.post("/reports/<uuid:job_id>/cancel")
@allowed("CLASS_REPORT")
def cancel(job_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    ask("reports", "POST", f"/reports/{job_id}/cancel")
    return flask.redirect(f"/reports/{job_id}", 303)


@page.get("/reports/<uuid:job_id>/files/<any(pdf, xlsx):name>")
@allowed("CLASS_REPORT")
def file(job_id: uuid.UUID, name: str) -> flask.Response:
    return _passed_on(f"/reports/{job_id}/files/{name}")


@page.get("/reports/<uuid:job_id>/pages/<int:number>")
@allowed("CLASS_REPORT")
def sheet(job_id: uuid.UUID, number: int) -> flask.Response:
    """A page of the sheet as a picture."""
    return _passed_on(f"/reports/{job_id}/pages/{number}")


def _passed_on(path: str) -> flask.Response:
    return passed_on(backend().ask(asker(), "reports", "GET", path))


def failures() -> dict[str, str]:
    """Why there is no file, in words."""
    return {
        "gone": _("Класса больше нет."),
        "no-room": _("На сервере кончилось место. Освободите его и постройте отчёт заново."),
        "gave-up": _("Отчёт не удалось построить. Сообщите администратору номер отчёта."),
    }


def _steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    """What is ready, what is under way and what is still to come."""
    progress, files = job["progress"], {one["format"]: one for one in job["files"]}
    titles = [_("Данные собраны"), *(name.upper() for name in job["formats"])]
    steps = []
    for place, title in enumerate(titles):
        made = files.get(job["formats"][place - 1]) if place else None
        working = job["cancellable"] and place == progress["done"]
        steps.append(
            {
                "title": title,
                "state": "done" if place < progress["done"] else "now" if working else "later",
                "size": made["size"] if made else None,
            }
        )
    return steps


def _overview(errors: forms.Errors, status: int = 200) -> flask.Response:
    jobs = None
    if flask.request.method == "GET":  # three questions a page: a refused report was one of them
        jobs = ask("reports", "GET", "/reports", params={"limit": _SHOWN})["items"]
    body = flask.render_template(
        "pages/reports/page.html",
        section="reports",
        jobs=jobs,
        chosen=flask.request.form or {"absences": True, "teachers": True},
        errors=errors,
        **_choices(),
    )
    return flask.make_response(body, status)


def _choices() -> dict[str, Any]:
    """Classes and periods to choose from; the own class and the latest period that ends or ended come to mind."""
    classes = ask("journal", "GET", "/classes")["items"]
    if person().permissions.get("CLASS_REPORT") != "all":
        classes = [one for one in classes if (one["class_teacher"] or {}).get("id") == person().id]
    periods = ask("journal", "GET", "/periods")["items"]
    today = today_of(person())
    return {
        "classes": [(one["id"], one["name"]) for one in classes],
        "grades": _grades(periods),
        "likely": _likely(classes, periods, today),
    }


def _grades(periods: list[dict[str, Any]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Periods by the grades that have them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in periods:
        title = _("%(first)d–%(last)d классы", first=one["grade_from"], last=one["grade_to"])
        found.setdefault(title, []).append((one["id"], one["title"]))
    return list(found.items())


def _likely(classes: list[dict[str, Any]], periods: list[dict[str, Any]], today: date) -> dict[str, str]:
    if not classes:
        return {}
    grade = classes[0]["grade_level"]
    own = [one for one in periods if one["grade_from"] <= grade <= one["grade_to"]]
    soon = (today + NEAR_ITS_END).isoformat()
    ending = [one for one in own if one["ends_on"] <= soon] or own[:1]
    return {"class": classes[0]["id"], "period": ending[-1]["id"] if ending else ""}
