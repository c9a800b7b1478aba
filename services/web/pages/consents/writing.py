"""The administrator writes forms of consent: drafts from samples, published for good, and who asks for consent."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.pages.consent.words import PURPOSES, method_titles, purpose_titles, term_titles
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, person, signed_in

page = flask.Blueprint("consent_forms", __name__)

_TEXTS = ("title", "about", "aim", "actions", "method", "term", "withdrawal", "refusal")
_PERHAPS = ("third_party_name", "third_party_address", "term_until")


@page.get("/people/consents/forms")
@allowed("CONSENT_FORMS_EDIT")
def overview() -> flask.typing.ResponseReturnValue:
    return _overview({})


@page.post("/people/consents/operator")
@signed_in
def say_operator() -> flask.typing.ResponseReturnValue:
    body = {name: forms.text(name) for name in ("name", "address", "site")}
    try:
        ask("accounts", "PUT", "/operator", body=body)
    except ApiError as error:
        return _overview(forms.refusal(error), error.status)
    return flask.redirect("/people/consents/forms?done=1", 303)


@page.post("/people/consents/forms")
@signed_in
def begin() -> flask.typing.ResponseReturnValue:
    """The next version, as the last one or the sample."""
    if forms.text("purpose") not in PURPOSES:
        flask.abort(400)
    made = ask("accounts", "POST", "/consent-forms", body={"purpose": forms.text("purpose")})
    return flask.redirect(f"/people/consents/forms/{made['id']}", 303)


@page.get("/people/consents/forms/<uuid:form_id>")
@allowed("CONSENT_FORMS_EDIT")
def draft(form_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _draft(form_id, {})


@page.post("/people/consents/forms/<uuid:form_id>")
@signed_in
def write(form_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    if forms.text("purpose") not in PURPOSES:
        flask.abort(400)
    content: dict[str, Any] = {name: forms.text(name) for name in _TEXTS} | forms.filled(*_PERHAPS)
    content["data"] = [line.strip() for line in forms.text("data").splitlines() if line.strip()]
    try:
        ask("accounts", "POST", "/consent-forms", body={"purpose": forms.text("purpose"), "content": content})
    except ApiError as error:
        return _draft(form_id, _inside(forms.refusal(error), error), error.status)
    return flask.redirect(f"/people/consents/forms/{form_id}?done=1", 303)


@page.post("/people/consents/forms/<uuid:form_id>/publish")
@signed_in
def publish(form_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    day = forms.a_date(forms.text("valid_from"))
    body = {"valid_from": day.isoformat()} if day else {}
    sentences = {"operator-incomplete": _("Запишите сначала название и адрес школы, для фотографий и её сайт.")}
    try:
        ask("accounts", "POST", f"/consent-forms/{form_id}/publish", body=body)
    except ApiError as error:
        return _draft(form_id, forms.refusal(error, sentences), error.status)
    return flask.redirect("/people/consents/forms?done=1", 303)


def _inside(found: forms.Errors, error: ApiError) -> forms.Errors:
    """Beside the fields of the content: its pointers begin with the content's own name."""
    names = [str(entry.get("pointer", "")).strip("/").split("/") for entry in error.errors]
    return found | {parts[1]: _("Проверьте это поле.") for parts in names if len(parts) > 1}


def _overview(errors: forms.Errors, status: int = 200) -> flask.Response:
    found = ask("accounts", "GET", "/consent-forms", params={"which": "all"})
    told = found["operator"] or {"name": person().school, "address": "", "site": ""}
    if errors:
        told = {name: forms.text(name) for name in told}
    body = flask.render_template(
        "pages/consents/forms.html",
        section="people",
        purposes=purpose_titles(),
        versions={code: [one for one in found["items"] if one["purpose"] == code] for code in PURPOSES},
        told=told,
        done=_("Записано.") if flask.request.args.get("done") else "",
        errors=errors,
    )
    return flask.make_response(body, status)


def _draft(form_id: uuid.UUID, errors: forms.Errors, status: int = 200) -> flask.Response:
    form = ask("accounts", "GET", f"/consent-forms/{form_id}")
    if form["published_at"]:
        return flask.make_response(flask.redirect(f"/consent/forms/{form_id}", 303))
    text = form["content"] | {"data": "\n".join(form["content"]["data"])}
    if "aim" in flask.request.form:
        text = {name: flask.request.form.get(name, "") for name in text}
    body = flask.render_template(
        "pages/consents/draft.html",
        section="people",
        form=form,
        text=text,
        title=purpose_titles()[form["purpose"]],
        methods=method_titles(),
        terms=term_titles(),
        today=today_of(person()).isoformat(),
        done=_("Записано.") if flask.request.args.get("done") else "",
        errors=errors,
    )
    return flask.make_response(body, status)
