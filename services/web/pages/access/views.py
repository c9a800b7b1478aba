"""Who has never signed in or asks for a new code: class by class, and the slips that were handed over."""

from __future__ import annotations

import re
import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.person import allowed, ask, asker, backend, person, signed_in

page = flask.Blueprint("access", __name__)

_MOST = 200
_MOST_AT_ONCE = 100


@page.get("/access")
@allowed("ACCESS_READ")
def summary() -> flask.typing.ResponseReturnValue:
    """Classes where somebody is overdue come first; whoever sees one class alone is led to it."""
    return _summary({})


@page.post("/access/second-step")
@allowed("SIGN_IN_POLICY")
def demand_second_step() -> flask.typing.ResponseReturnValue:
    wanted = [one for one in flask.request.form.getlist("roles") if one in dict(_role_titles())]
    sentences = {"own-factor-first": _("Сначала настройте второй шаг себе: иначе вы потеряете права этой роли.")}
    try:
        ask("accounts", "PUT", "/sign-in-policy", body={"second_factor_roles": wanted})
    except ApiError as error:
        return _summary(forms.refusal(error, sentences), error.status)
    return flask.redirect("/access?saved=1#second-step", 303)


def _role_titles() -> tuple[tuple[str, str], ...]:
    return (
        ("administrator", _("Администратор")),
        ("director", _("Директор")),
        ("deputy", _("Заместитель директора")),
        ("secretary", _("Секретарь")),
        ("medic", _("Медработник")),
    )


def _summary(errors: forms.Errors, status: int = 200) -> flask.typing.ResponseReturnValue:
    counted = ask("accounts", "GET", "/access/summary")
    classes = sorted(counted["classes"], key=lambda one: (not one["overdue"], *_grade_and_letter(one["class_name"])))
    if counted["staff"] is None and len(classes) == 1:
        return flask.redirect(f"/access/classes/{classes[0]['class_id']}", 303)
    decides = person().may("SIGN_IN_POLICY")
    policy = ask("accounts", "GET", "/sign-in-policy")["second_factor_roles"] if decides else None
    body = flask.render_template(
        "pages/access/page.html",
        section=_section(),
        classes=[one for one in classes if one["waiting"] or one["asking"]],
        complete=[one for one in classes if not one["waiting"] and not one["asking"]],
        staff=counted["staff"],
        policy=policy,
        roles=_role_titles(),
        errors=errors,
        done=_("Записано.") if flask.request.args.get("saved") else "",
    )
    return flask.make_response(body, status)


@page.get("/access/classes/<uuid:class_id>")
@allowed("ACCESS_READ")
def of_class(class_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _list(class_id, {})


@page.get("/access/staff")
@allowed("ACCESS_READ")
def of_staff() -> flask.typing.ResponseReturnValue:
    return _list(None, {})


@page.post("/access/handed-over")
@signed_in
def hand_over() -> flask.typing.ResponseReturnValue:
    wanted, class_id, unfit = _chosen(_("Отметьте, кому отдан листок."))
    if unfit:
        return _list(class_id, unfit, 422)
    sentences = {"no-slip": _("У кого-то из отмеченных нет действующего листка: сначала выдайте его.")}
    try:
        ask("accounts", "POST", "/access/handed-over", body={"person_ids": wanted})
    except ApiError as error:
        return _list(class_id, forms.refusal(error, sentences), error.status)
    return flask.redirect(f"{_address(class_id)}?handed=1", 303)


@page.post("/access/slips")
@signed_in
def slips() -> flask.typing.ResponseReturnValue:
    """A file of this one answer: the next has other codes."""
    wanted, class_id, unfit = _chosen(_("Отметьте, кому напечатать листок."))
    if unfit:
        return _list(class_id, unfit, 422)
    try:
        made = backend().ask(asker(), "accounts", "POST", "/credentials/slips", body={"person_ids": wanted})
    except ApiError as error:
        return _list(class_id, forms.refusal(error), error.status)
    response = flask.Response(made.content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = made.headers["Content-Disposition"]
    return response


def _chosen(nobody: str) -> tuple[list[str], uuid.UUID | None, forms.Errors]:
    """Whom the form ticks, in which class (None: among the staff), and what is wrong with that."""
    wanted = [one for one in flask.request.form.getlist("person_ids") if forms.is_id(one)]
    place = forms.text("class")
    unfit = {} if wanted else {"": nobody}
    if len(wanted) > _MOST_AT_ONCE:
        unfit = {"": _("За один раз отмечают не больше 100 человек.")}
    return wanted, uuid.UUID(place) if forms.is_id(place) else None, unfit


def _section() -> str:
    """For whoever keeps the register this is a part of it."""
    return "people" if person().may("PEOPLE_WRITE") else "access"


def _grade_and_letter(name: str) -> tuple[int, str]:
    """So that 10А comes after 9Б."""
    digits = re.match(r"\d*", name)
    return int(digits[0]) if digits and digits[0] else 0, name


def _address(class_id: uuid.UUID | None) -> str:
    return f"/access/classes/{class_id}" if class_id else "/access/staff"


def _list(class_id: uuid.UUID | None, errors: forms.Errors, status: int = 200) -> flask.Response:
    asked: dict[str, str | int] = {"class": str(class_id)} if class_id else {"kind": "staff"}
    found = ask("accounts", "GET", "/access/pending", params=asked | {"limit": _MOST})
    rows = [_row(one, class_id) for one in found["items"]]
    rows.sort(key=lambda row: (row["place"]["student"] if row["place"] else "", row["guardian"], row["name"]))
    body = flask.render_template(
        "pages/access/one.html",
        section=_section(),
        class_id=class_id,
        class_name=next((row["place"]["class_name"] for row in rows if row["place"]), ""),
        rows=rows,
        more=found["next"] is not None,
        errors=errors,
        done=_("Записано: листки отданы.") if flask.request.args.get("handed") else "",
        may_issue=person().may("CREDENTIALS_ISSUE"),
        may_hand_over=person().may("ACCESS_HAND_OVER"),
    )
    return flask.make_response(body, status)


def _row(one: dict[str, Any], class_id: uuid.UUID | None) -> dict[str, Any]:
    place = next((place for place in one["places"] if place["class_id"] == str(class_id)), None)
    guardian = place is not None and place["student_id"] != one["person_id"]
    return {**one, "place": place, "guardian": guardian}
