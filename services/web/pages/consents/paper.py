"""One signer and one pupil at the office: papers recorded, their scans, consents taken back."""

from __future__ import annotations

import uuid

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.pages.consent.words import PURPOSES, purpose_titles, source_titles, state_titles
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, asker, backend, person, signed_in

page = flask.Blueprint("papers", __name__)

_PLACE = "/people/consents/classes/<uuid:class_id>/<uuid:student_id>/<uuid:guardian_id>"
LARGEST_SCAN_MB = 10


@page.get(_PLACE)
@allowed("CONSENTS_REGISTER")
def pair(class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _show(class_id, student_id, guardian_id, {})


@page.post(_PLACE)
@signed_in
def record(class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """What stands on a paper."""
    if forms.text("purpose") not in PURPOSES or forms.text("decision") not in ("given", "refused"):
        return _show(class_id, student_id, guardian_id, {"": _("Отметьте, о чём бумага и что в ней решено.")}, 422)
    body = forms.filled("purpose", "decision", "document")
    body |= {"student_id": str(student_id), "guardian_id": str(guardian_id)}
    body["signed_on"] = forms.text("signed_on") or today_of(person()).isoformat()
    try:
        ask("accounts", "POST", "/consents", body=body)
    except ApiError as error:
        return _show(class_id, student_id, guardian_id, forms.refusal(error), error.status)
    return _back(class_id, student_id, guardian_id)


@page.post(f"{_PLACE}/<uuid:consent_id>/withdraw")
@signed_in
def withdraw(
    class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID, consent_id: uuid.UUID
) -> flask.typing.ResponseReturnValue:
    """By a written statement that came to the office."""
    ask("accounts", "POST", f"/consents/{consent_id}/withdraw", body={})
    return _back(class_id, student_id, guardian_id)


@page.post(f"{_PLACE}/<uuid:consent_id>/scan")
@signed_in
def attach(
    class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID, consent_id: uuid.UUID
) -> flask.typing.ResponseReturnValue:
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        return _show(class_id, student_id, guardian_id, {"": _("Выберите файл.")}, 422)
    # The name on somebody's disk may tell whose paper it is: it goes no further.
    files = {"file": ("scan", sent.stream.read(), "application/octet-stream")}
    try:
        ask("accounts", "POST", f"/consents/{consent_id}/scan", files=files)
    except ApiError as error:
        if error.status not in (403, 409, 413, 422):
            raise
        words = {
            413: _("Файл больше %(size)d МБ.", size=LARGEST_SCAN_MB),
            422: _("Это не PDF, не JPEG и не PNG."),
            409: _("У этого решения уже есть скан."),
            403: _("На это нет права."),
        }
        return _show(class_id, student_id, guardian_id, {"": words[error.status]}, error.status)
    return _back(class_id, student_id, guardian_id)


@page.get("/people/consents/scans/<uuid:consent_id>")
@signed_in
def scan(consent_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return passed_on(backend().ask(asker(), "accounts", "GET", f"/consents/{consent_id}/scan"))


@page.post(f"{_PLACE}/<uuid:consent_id>/scan/annul")
@signed_in
def annul(
    class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID, consent_id: uuid.UUID
) -> flask.typing.ResponseReturnValue:
    try:
        ask("accounts", "POST", f"/consents/{consent_id}/scan/annul", body={"reason": forms.text("reason")})
    except ApiError as error:
        return _show(class_id, student_id, guardian_id, forms.refusal(error), error.status)
    return _back(class_id, student_id, guardian_id)


@page.post(f"{_PLACE}/print")
@signed_in
def sheet(class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    wanted = [one for one in flask.request.form.getlist("purpose") if one in PURPOSES]
    body = {"student_id": str(student_id), "guardian_id": str(guardian_id), "purposes": wanted}
    try:
        made = backend().ask(asker(), "accounts", "POST", "/consent-forms/print", body=body)
    except ApiError as error:
        sentences = {"no-form": _("Бланк для этой цели ещё не опубликован.")}
        return _show(class_id, student_id, guardian_id, forms.refusal(error, sentences), error.status)
    return passed_on(made)


def _back(class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return flask.redirect(f"/people/consents/classes/{class_id}/{student_id}/{guardian_id}?done=1", 303)


def _show(
    class_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID, errors: forms.Errors, status: int = 200
) -> flask.Response:
    lines = ask("accounts", "GET", "/consents", params={"class": str(class_id), "limit": 200})["items"]
    own = [one for one in lines if (one["student_id"], one["guardian_id"]) == (str(student_id), str(guardian_id))]
    if not own:
        flask.abort(404)
    body = flask.render_template(
        "pages/consents/pair.html",
        section="people",
        here=f"/people/consents/classes/{class_id}/{student_id}/{guardian_id}",
        class_id=class_id,
        first=own[0],
        lines=own,
        purposes=purpose_titles(),
        states=state_titles(),
        sources=source_titles(),
        may_edit=person().may("CONSENTS_EDIT"),
        form=flask.request.form,
        today=today_of(person()).isoformat(),
        done=_("Записано.") if flask.request.args.get("done") else "",
        errors=errors,
    )
    return flask.make_response(body, status)
