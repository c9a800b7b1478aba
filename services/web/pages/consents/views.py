"""The register of consents: classes with gaps first, who is missing, families on paper, papers recorded."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.pages.consent.words import PURPOSES, purpose_titles, short_titles, state_titles
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, asker, backend, person, signed_in

page = flask.Blueprint("consents", __name__)

PRINT_SECONDS = 60
"""A whole school's register takes some seconds to lay out."""
ORDERS = ("gaps", "classes")
_LIMIT = 200


@page.get("/people/consents")
@allowed("CONSENTS_REGISTER")
def register() -> flask.typing.ResponseReturnValue:
    return _register({})


@page.get("/people/consents/changes")
@allowed("CONSENTS_REGISTER")
def changes() -> flask.typing.ResponseReturnValue:
    """From when to when the changes are printed; and the families on paper, of all classes."""
    today = today_of(person())
    return flask.render_template(
        "pages/consents/changes.html",
        section="people",
        first=today.replace(day=1).isoformat(),
        last=today.isoformat(),
        errors={},
    )


@page.post("/people/consents/print")
@signed_in
def print_out() -> flask.typing.ResponseReturnValue:
    """The register, its changes or the families on paper."""
    body: dict[str, Any] = {"what": forms.text("what"), "format": forms.text("format")}
    if forms.is_id(forms.text("class")):
        body["class_id"] = forms.text("class")
    for name, text in forms.filled("first", "last").items():
        day = forms.a_date(text)
        if day is None:
            return _register({"": _("Дата написана неверно.")}, 422)
        body[name] = day.isoformat()
    try:
        made = backend().ask(asker(), "accounts", "POST", "/consents/print", body=body, timeout=PRINT_SECONDS)
    except ApiError as error:
        return _register(forms.refusal(error), error.status)
    return passed_on(made)


@page.post("/people/consents/sheets")
@signed_in
def sheets() -> flask.typing.ResponseReturnValue:
    """Sheets to sign for exactly those of a class whose decision is missing."""
    wanted = [one for one in flask.request.form.getlist("purpose") if one in PURPOSES]
    if not forms.is_id(forms.text("class")) or not wanted:
        flask.abort(400)
    body = {"class_id": forms.text("class"), "purposes": wanted}
    try:
        made = backend().ask(
            asker(), "accounts", "POST", "/consent-forms/print-missing", body=body, timeout=PRINT_SECONDS
        )
    except ApiError as error:
        sentences = {
            "no-form": _("Бланк для этой цели ещё не опубликован."),
            "nothing-missing": _("Все уже решили: печатать нечего."),
        }
        return _register(forms.refusal(error, sentences), error.status)
    return passed_on(made)


@page.get("/people/consents/classes/<uuid:class_id>")
@allowed("CONSENTS_REGISTER")
def of_class(class_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """Everybody of a class who decides, with all decisions."""
    lines = _lines(class_id)
    pairs: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        pair = pairs.setdefault((line["student_id"], line["guardian_id"]), {"line": line, "states": {}})
        pair["states"][line["purpose"]] = line
    classes = ask("accounts", "GET", "/consents/summary")["classes"]
    return flask.render_template(
        "pages/consents/one_class.html",
        section="people",
        name=next((one["class_name"] for one in classes if one["class_id"] == str(class_id)), ""),
        class_id=class_id,
        pairs=list(pairs.values()),
        purposes=short_titles(),
        states=state_titles(),
    )


def _register(errors: forms.Errors, status: int = 200) -> flask.Response:
    order = flask.request.args.get("order", ORDERS[0])
    told = ask("accounts", "GET", "/consents/summary")
    classes = told["classes"]
    if order not in ORDERS:
        flask.abort(404)
    if order == "gaps":
        classes = sorted(classes, key=lambda one: -one["gaps"])  # among equals as they were: by grade
    wanted = flask.request.args.get("class") if flask.request.method == "GET" else None  # three questions a page
    opened = next((one for one in classes if one["class_id"] == wanted), None)
    body = flask.render_template(
        "pages/consents/page.html",
        section="people",
        classes=classes,
        order=order,
        opened=_opened(opened) if opened else None,
        totals=_totals(classes),
        withdrawn=told["withdrawn_this_month"],
        purposes=short_titles(),
        states=state_titles(),
        errors=errors,
        may_write=person().may("CONSENT_FORMS_EDIT"),
    )
    return flask.make_response(body, status)


def _opened(one: dict[str, Any]) -> dict[str, Any]:
    """Who of the class is missing, by purpose; and who gets the diary on paper."""
    lines = [line for line in _lines(uuid.UUID(one["class_id"])) if not line["restricted"]]
    missing = {
        code: [line for line in lines if line["purpose"] == code and line["state"] in ("missing", "expired")]
        for code in PURPOSES
    }
    owed = ask("accounts", "GET", "/consents/owed", params={"class": one["class_id"]})["items"]
    return {
        "class_id": one["class_id"],
        "gaps": one["gaps"],
        "missing": [(code, title, missing[code]) for code, title in purpose_titles().items() if missing[code]],
        "owed": owed,
    }


def _lines(class_id: uuid.UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(
        "accounts", "GET", "/consents", params={"class": str(class_id), "limit": _LIMIT}
    )["items"]
    return found


def _totals(classes: list[dict[str, Any]]) -> dict[str, Any]:
    sums: dict[str, Any] = {name: sum(one[name] for one in classes) for name in ("pupils", "signers", "gaps")}
    sums["without_signer"] = sum(one["without_signer"] for one in classes)
    sums["purposes"] = {
        code: {kind: sum(one["purposes"][code][kind] for one in classes) for kind in ("given", "refused", "missing")}
        for code in PURPOSES
    }
    for kind in ("given", "refused"):
        sums[kind] = sum(counts[kind] for counts in sums["purposes"].values())
    return sums
