"""Who has never signed in or asks for a new code: class by class, and the slips that were handed over."""

from __future__ import annotations

import re
import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.person import allowed, ask, asker, backend, person, signed_in
from services.web.roles import role_titles

page = flask.Blueprint("access", __name__)

_MOST = 200
_MOST_AT_ONCE = 100
_SECONDS = 60.0
"""A whole school's slips take longer than a page may."""


@page.get("/access")
@allowed("ACCESS_READ")
def summary() -> flask.typing.ResponseReturnValue:
    return _summary({})


@page.post("/access/second-step")
@allowed("SIGN_IN_POLICY")
def demand_second_step() -> flask.typing.ResponseReturnValue:
    wanted = [one for one in flask.request.form.getlist("roles") if one in role_titles()]
    sentences = {"own-factor-first": _("Сначала настройте второй шаг себе: иначе вы потеряете права этой роли.")}
    try:
        ask("accounts", "PUT", "/sign-in-policy", body={"second_factor_roles": wanted})
    except ApiError as error:
        return _summary(forms.refusal(error, sentences), error.status)
    return flask.redirect("/access?saved=1#second-step", 303)


def _summary(errors: forms.Errors, status: int = 200) -> flask.typing.ResponseReturnValue:
    """Classes where somebody is overdue come first; whoever sees one class alone is led to it."""
    counted = ask("accounts", "GET", "/access/summary")
    classes = sorted(counted["classes"], key=lambda one: (not one["overdue"], *_grade_and_letter(one["class_name"])))
    if counted["staff"] is None and len(classes) == 1:
        return flask.redirect(f"/access/classes/{classes[0]['class_id']}", 303)
    decides = person().may("SIGN_IN_POLICY")
    policy = ask("accounts", "GET", "/sign-in-policy")["second_factor_roles"] if decides else None
    body = flask.render_template(
        "pages/access/page.html",
        section="people",
        classes=[one for one in classes if one["waiting"] or one["asking"]],
        complete=[one for one in classes if not one["waiting"] and not one["asking"]],
        staff=counted["staff"],
        may_issue=person().may("CREDENTIALS_ISSUE"),
        policy=policy,
        roles=list(role_titles().items()),
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


@page.post("/access/handed-over/all")
@signed_in
def hand_all_over() -> flask.typing.ResponseReturnValue:
    """Every slip of the list that is out and in nobody's hands: a class teacher ticks no sixty boxes."""
    class_id = uuid.UUID(forms.text("class")) if forms.is_id(forms.text("class")) else None
    out = [one["person_id"] for one in _pending(class_id)["items"] if one["stage"] == "slip"]
    if not out:
        return _list(class_id, {"": _("Отмечать нечего: листки, которые сделаны, уже отданы.")}, 409)
    for start in range(0, len(out), _MOST_AT_ONCE):
        wanted = out[start : start + _MOST_AT_ONCE]
        ask("accounts", "POST", "/access/handed-over", body={"person_ids": wanted})
    return flask.redirect(f"{_address(class_id)}?handed=1", 303)


@page.post("/access/slips")
@signed_in
def slips() -> flask.typing.ResponseReturnValue:
    """A file of this one answer: the next has other codes."""
    wanted, class_id, unfit = _chosen(_("Отметьте, кому напечатать листок."))
    if unfit:
        return _list(class_id, unfit, 422)
    try:
        return _printed({"person_ids": wanted})
    except ApiError as error:
        return _list(class_id, forms.refusal(error), error.status)


@page.post("/access/slips/list")
@signed_in
def slips_of_list() -> flask.typing.ResponseReturnValue:
    """The same for everybody of a class or of a kind who has no slip in his hands."""
    class_id, among = forms.text("class"), forms.text("among")
    if not forms.is_id(class_id) and among not in ("staff", "families", "everybody"):
        flask.abort(400)
    sentences = {
        "nobody-waits": _("Здесь листки уже у всех: отметьте в списке тех, кому нужен новый."),
        "too-many": _("Это слишком много листков для одного файла: напечатайте их по классам."),
    }
    try:
        return _printed({"class_id": class_id} if forms.is_id(class_id) else {"among": among})
    except ApiError as error:
        return _summary(forms.refusal(error, sentences), error.status)


def _printed(whose: dict[str, Any]) -> flask.Response:
    """A file of this one answer. Raises ApiError."""
    made = backend().ask(asker(), "accounts", "POST", "/credentials/slips", body=whose, timeout=_SECONDS)
    return passed_on(made)


def _chosen(nobody: str) -> tuple[list[str], uuid.UUID | None, forms.Errors]:
    """Whom the form ticks, in which class (None: among the staff), and what is wrong with that."""
    wanted = [one for one in flask.request.form.getlist("person_ids") if forms.is_id(one)]
    place = forms.text("class")
    unfit = {} if wanted else {"": nobody}
    if len(wanted) > _MOST_AT_ONCE:
        unfit = {"": _("За один раз отмечают не больше 100 человек.")}
    return wanted, uuid.UUID(place) if forms.is_id(place) else None, unfit


def _grade_and_letter(name: str) -> tuple[int, str]:
    """So that 10А comes after 9Б."""
    digits = re.match(r"\d*", name)
    return int(digits[0]) if digits and digits[0] else 0, name


def _address(class_id: uuid.UUID | None) -> str:
    return f"/access/classes/{class_id}" if class_id else "/access/staff"


def _pending(class_id: uuid.UUID | None) -> Any:
    """The first two hundred of a class, or of the staff, who are without access."""
    asked: dict[str, str | int] = {"class": str(class_id)} if class_id else {"kind": "staff"}
    return ask("accounts", "GET", "/access/pending", params=asked | {"limit": _MOST})


def _list(class_id: uuid.UUID | None, errors: forms.Errors, status: int = 200) -> flask.Response:
    found = _pending(class_id)
    came = ask("accounts", "GET", "/access/used", params={"class": str(class_id)} if class_id else {})["items"]
    rows = [_row(one, class_id) for one in found["items"]]
    rows.sort(key=lambda row: (row["place"]["student"] if row["place"] else "", row["guardian"], row["name"]))
    body = flask.render_template(
        "pages/access/one.html",
        section="people",
        class_id=class_id,
        class_name=_class_name(found["items"] + came, class_id),
        rows=rows,
        came=[_row(one, class_id) for one in came],
        out=sum(row["stage"] == "slip" for row in rows),
        more=found["next"] is not None,
        errors=errors,
        done=_("Записано: листки отданы.") if flask.request.args.get("handed") else "",
        may_issue=person().may("CREDENTIALS_ISSUE"),
        may_hand_over=person().may("ACCESS_HAND_OVER"),
    )
    return flask.make_response(body, status)


def _class_name(listed: list[dict[str, Any]], class_id: uuid.UUID | None) -> str:
    places = (place for one in listed for place in one["places"])
    return next((place["class_name"] for place in places if place["class_id"] == str(class_id)), "")


def _row(one: dict[str, Any], class_id: uuid.UUID | None) -> dict[str, Any]:
    place = next((place for place in one["places"] if place["class_id"] == str(class_id)), None)
    guardian = place is not None and place["student_id"] != one["person_id"]
    return {**one, "place": place, "guardian": guardian}
