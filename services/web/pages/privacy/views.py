"""One's own requests about personal data, and one request with its answer."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.pages.privacy import words
from services.web.person import Person, allowed, ask, asker, backend, forget_rights, person, signed_in

page = flask.Blueprint("privacy", __name__)

PRINT_SECONDS = 60
"""A pupil of many years has thousands of rows to lay out."""


@page.get("/privacy")
@signed_in
def own() -> flask.typing.ResponseReturnValue:
    return _own({})


@page.post("/privacy")
@signed_in
def make() -> flask.typing.ResponseReturnValue:
    if forms.text("kind") not in words.kind_titles() or not forms.is_id(forms.text("subject_id")):
        return _own({"": _("Выберите, о ком и о чём запрос.")}, 422)
    try:
        made = ask("accounts", "POST", "/privacy-requests", body=forms.filled("kind", "subject_id", "text"))
    except ApiError as error:
        return _own(forms.refusal(error, words.refusals()), error.status)
    forget_rights()
    return flask.redirect(f"/privacy/{made['id']}?made=1", 303)


@page.get("/privacy/<uuid:request_id>")
@signed_in
def one(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _one(request_id, {})


@page.post("/privacy/<uuid:request_id>/withdraw")
@signed_in
def withdraw(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _act(request_id, f"/privacy-requests/{request_id}/withdraw", {}, "withdrawn")


@page.post("/privacy/<uuid:request_id>/gather")
@allowed("PRIVACY_ANSWER")
def gather(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _act(request_id, f"/privacy-requests/{request_id}/gather", {}, "gathering")


@page.post("/privacy/<uuid:request_id>/extend")
@allowed("PRIVACY_ANSWER")
def extend(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    if not forms.text("reason"):
        return _one(request_id, {"reason": _("Напишите, почему нужно больше времени.")}, 422)
    return _act(request_id, f"/privacy-requests/{request_id}/extend", forms.filled("reason"), "extended")


@page.post("/privacy/<uuid:request_id>/answer")
@allowed("PRIVACY_ANSWER")
def answer(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    body: dict[str, Any] = forms.filled("outcome", "answer")
    if body.get("outcome") == "refused":
        body |= forms.filled("grounds")
    unfit = {}
    if body.get("outcome") not in ("granted", "refused"):
        unfit["outcome"] = _("Выберите решение.")
    elif body["outcome"] == "refused" and body.get("grounds") not in words.ground_titles():
        unfit["grounds"] = _("Выберите основание отказа.")
    if body.get("outcome") == "granted":
        body |= {"categories": chosen} if (chosen := flask.request.form.getlist("categories")) else {}
    if not body.get("answer"):
        unfit["answer"] = _("Напишите ответ: его прочтёт тот, кто обратился.")
    if unfit:
        return _one(request_id, unfit, 422)
    return _act(request_id, f"/privacy-requests/{request_id}/answer", body, "answered")


@page.post("/privacy/<uuid:request_id>/lift")
@allowed("PRIVACY_ANSWER")
def lift(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """Ends the restriction that the answer began."""
    dispute = ask("accounts", "GET", f"/privacy-requests/{request_id}")["dispute_id"]
    if dispute is None:
        flask.abort(404)
    return _act(request_id, f"/disputes/{dispute}/end", {}, "lifted")


@page.post("/privacy/<uuid:request_id>/copy")
@signed_in
def copy(request_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """What was gathered, as the button says; no page that a browser might fetch ahead or keep."""
    path = f"/privacy-requests/{request_id}/copy" + (".pdf" if forms.text("form") == "pdf" else "")
    try:
        return passed_on(backend().ask(asker(), "accounts", "GET", path, timeout=PRINT_SECONDS))
    except ApiError as error:
        return _one(request_id, forms.refusal(error, words.refusals()), error.status)


def subjects(viewer: Person) -> list[tuple[str, str]]:
    """Whom one may ask about: oneself and the children one looks after."""
    return [(viewer.id, _("Обо мне")), *((child.id, child.name) for child in viewer.children)]


def _act(request_id: uuid.UUID, path: str, body: dict[str, Any], done: str) -> flask.typing.ResponseReturnValue:
    try:
        ask("accounts", "POST", path, body=body)
    except ApiError as error:
        return _one(request_id, forms.refusal(error, words.refusals()), error.status)
    forget_rights()
    return flask.redirect(f"/privacy/{request_id}?{done}=1", 303)


def _own(errors: forms.Errors, status: int = 200) -> flask.Response:
    found = ask("accounts", "GET", "/privacy-requests")
    body = flask.render_template(
        "pages/privacy/own.html",
        section="privacy",
        requests=found["items"],
        subjects=subjects(person()),
        kinds=words.kind_titles(),
        hints=words.kind_hints(),
        outcomes=words.outcome_titles(),
        left=words.left,
        form=flask.request.form,
        errors=errors,
    )
    return flask.make_response(body, status)


def _one(request_id: uuid.UUID, errors: forms.Errors, status: int = 200) -> flask.Response:
    found = ask("accounts", "GET", f"/privacy-requests/{request_id}")
    viewer = person()
    erases = found["kind"] == "erasure" and not found["closed_at"] and viewer.may("PRIVACY_ANSWER")
    terms = ask("accounts", "GET", "/retention")["items"] if erases else []
    body = flask.render_template(
        "pages/privacy/one.html",
        section="privacy",
        one=found,
        own=found["requester_id"] == viewer.id,
        answers=viewer.may("PRIVACY_ANSWER"),
        withdraws=found["requester_id"] == viewer.id or viewer.permissions.get("PRIVACY_WITHDRAW") == "all",
        waiting=[part for part in found["parts"] if not part["received_at"]],
        erasable=[(one["category"], one["title"]) for one in terms if one["erasable"]],
        kept=[one for one in terms if not one["erasable"]],
        kinds=words.kind_titles(),
        grounds=words.ground_titles(),
        outcomes=words.outcome_titles(),
        services=words.service_titles(),
        left=words.left,
        form=flask.request.form,
        errors=errors,
        done=_done(),
    )
    return flask.make_response(body, status)


def _done() -> str:
    said = {
        "made": _("Запрос принят. Ответ появится на этой странице."),
        "withdrawn": _("Запрос отозван."),
        "gathering": _("Сведения собираются заново: это занимает до минуты."),
        "extended": _("Срок продлён; причину увидит тот, кто обратился."),
        "answered": _("Ответ записан; тот, кто обратился, увидит его здесь."),
        "lifted": _("Ограничение снято."),
    }
    return next((text for name, text in said.items() if flask.request.args.get(name)), "")
