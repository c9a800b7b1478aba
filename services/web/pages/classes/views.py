"""Classes: the list, a new one, its members and its class teacher."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.common.text import whole_number
from services.web import forms
from services.web.clients import ApiError
from services.web.pages.home.views import today_of
from services.web.person import ask, person, signed_in

page = flask.Blueprint("classes", __name__)


@page.get("/classes")
@signed_in
def classes() -> flask.typing.ResponseReturnValue:
    return _list({})


@page.post("/classes")
@signed_in
def add_class() -> flask.typing.ResponseReturnValue:
    body = {"grade_level": whole_number(forms.text("grade_level")) or 0, "letter": forms.text("letter")}
    try:
        made = ask("journal", "POST", "/classes", body=body)
    except ApiError as error:
        return _list(forms.refusal(error, {"class-exists": _("Такой класс уже есть.")}), error.status)
    return flask.redirect(f"/classes/{made['id']}?added=1", 303)


def _list(errors: forms.Errors, status: int = 200) -> flask.Response:
    body = flask.render_template(
        "pages/classes/page.html",
        section="classes",
        classes=ask("journal", "GET", "/classes")["items"],
        levels=[(str(level), str(level)) for level in range(1, 12)],
        errors=errors,
        form=flask.request.form,
    )
    return flask.make_response(body, status)


@page.get("/classes/<uuid:class_id>")
@signed_in
def one_class(class_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _one(class_id, {})


@page.post("/classes/<uuid:class_id>")
@signed_in
def set_class_teacher(class_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    body = {"person_id": forms.text("person_id"), "from": forms.text("from")}
    sentences = {"class-teacher-exists": _("С этого дня или позже у класса уже есть классный руководитель.")}
    if not forms.is_id(body["person_id"]):
        return _one(class_id, {"person_id": _("Выберите сотрудника.")}, 422)
    try:
        ask("journal", "PUT", f"/classes/{class_id}/class-teacher", body=body)
    except ApiError as error:
        # Three questions a page: the refused change was one of them, so the members are not asked for.
        return _one(class_id, forms.refusal(error, sentences), error.status)
    return flask.redirect(f"/classes/{class_id}?added=1", 303)


def _one(class_id: uuid.UUID, errors: forms.Errors, status: int = 200) -> flask.Response:
    known = ask("journal", "GET", "/classes")["items"]
    found = next((row for row in known if row["id"] == str(class_id)), None)
    if found is None:
        flask.abort(404)
    students: list[Any] = []
    if flask.request.method == "GET":
        students = ask("journal", "GET", f"/classes/{class_id}/students")["items"]
    staff = ask("journal", "GET", "/people", params={"kind": "staff", "limit": 200})["items"]
    body = flask.render_template(
        "pages/classes/one.html",
        section="classes",
        one=found,
        students=students,
        asked_students=flask.request.method == "GET",
        staff=staff,
        errors=errors,
        added=flask.request.args.get("added"),
        today=today_of(person()).isoformat(),
        form=flask.request.form,
        may_issue=person().may("CREDENTIALS_ISSUE"),
    )
    return flask.make_response(body, status)
