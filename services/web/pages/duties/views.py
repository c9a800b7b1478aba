"""The distribution of duties: who answers for what, roles given and ended, the list printed."""

from __future__ import annotations

from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, asker, backend, person, signed_in
from services.web.roles import role_titles

page = flask.Blueprint("duties", __name__)

_MOST_STAFF = 200


def direction_titles() -> dict[str, str]:
    """The nine directions of control."""
    return {
        "lessons": _("Запись уроков вовремя"),
        "marks_timely": _("Отметки вовремя"),
        "mark_density": _("Накопляемость отметок"),
        "attendance": _("Учёт посещаемости"),
        "programme": _("Прохождение программы"),
        "homework_filled": _("Запись домашних заданий"),
        "homework_fit": _("Объём и содержание заданий"),
        "plan_fulfilled": _("Выполнение планирования"),
        "corrections": _("Исправления записей"),
    }


def _refusals() -> dict[str, str]:
    return {
        "role-held": _("Этот человек уже держит такую роль в эти дни."),
        "last-administrator": _("Это последний администратор: сначала дайте эту роль кому-то ещё."),
        "beyond-role": _("Директора назначает не школа, и никто не даёт роль самому себе."),
    }


@page.get("/people/duties")
@allowed("DUTIES_READ")
def duties() -> flask.typing.ResponseReturnValue:
    return _list({})


@page.post("/people/duties/end")
@signed_in
def end() -> flask.typing.ResponseReturnValue:
    role = forms.text("role")
    if not forms.is_id(role):
        flask.abort(400)
    try:
        ask("accounts", "POST", f"/roles/{role}/end")
    except ApiError as error:
        return _list(forms.refusal(error, _refusals()), error.status)
    return flask.redirect("/people/duties?ended=1", 303)


@page.post("/people/duties/print")
@signed_in
def printed() -> flask.typing.ResponseReturnValue:
    """The list as a document, of the order that the form names."""
    try:
        made = backend().ask(
            asker(), "accounts", "POST", "/duties/print", body=forms.filled("order_number", "order_date")
        )
    except ApiError as error:
        return _list(forms.refusal(error), error.status)
    return passed_on(made)


@page.get("/people/duties/new")
@allowed("ROLES_EDIT")
def new() -> flask.typing.ResponseReturnValue:
    return _form({})


@page.post("/people/duties/new")
@signed_in
def give() -> flask.typing.ResponseReturnValue:
    form, unfit = flask.request.form, {}
    if not forms.is_id(forms.text("person_id")):
        unfit["person_id"] = _("Выберите, кому дать роль.")
    if forms.a_date(forms.text("from")) is None:
        unfit["from"] = _("Укажите день.")
    if unfit:
        return _form(unfit, 422)
    body: dict[str, Any] = forms.filled("person_id", "kind", "from", "to", "order_number", "order_date")
    if body.get("kind") == "deputy":
        scope = {"classes": form.getlist("classes"), "directions": form.getlist("directions")}
        body |= {name: values for name, values in scope.items() if values}
    try:
        ask("accounts", "POST", "/roles", body=body)
    except ApiError as error:
        return _form(forms.refusal(error, _refusals()), error.status)
    return flask.redirect("/people/duties?given=1", 303)


def _list(errors: forms.Errors, status: int = 200) -> flask.Response:
    found = ask("accounts", "GET", "/duties")
    asked = flask.request.args
    done = _("Роль дана.") if asked.get("given") else _("Роль снята.") if asked.get("ended") else ""
    body = flask.render_template(
        "pages/duties/page.html",
        section="people",
        held=[one for one in found["items"] if one["roles"]],
        teaching=[one | {"subjects": _by_subject(one)} for one in found["items"] if one["teaches"] or one["leads"]],
        idle=[one for one in found["items"] if not (one["roles"] or one["teaches"] or one["leads"])],
        on=found["on"],
        roles=role_titles(),
        directions=direction_titles(),
        may_edit=person().may("ROLES_EDIT"),
        errors=errors,
        done=done,
    )
    return flask.make_response(body, status)


def _by_subject(one: dict[str, Any]) -> dict[str, list[str]]:
    """The classes under each subject, each once."""
    found: dict[str, list[str]] = {}
    for course in one["teaches"]:
        names = found.setdefault(course["subject"], [])
        if course["class_name"] not in names:
            names.append(course["class_name"])
    return found


def _form(errors: forms.Errors, status: int = 200) -> flask.Response:
    staff = ask("journal", "GET", "/people", params={"kind": "staff", "limit": _MOST_STAFF})["items"]
    classes = ask("journal", "GET", "/classes")["items"]
    body = flask.render_template(
        "pages/duties/new.html",
        section="people",
        staff=staff,
        classes=[(row["id"], row["name"]) for row in classes],
        roles=list(role_titles().items()),
        directions=list(direction_titles().items()),
        form=flask.request.form,
        today=today_of(person()).isoformat(),
        errors=errors,
    )
    return flask.make_response(body, status)
