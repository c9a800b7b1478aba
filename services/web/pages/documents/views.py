"""Documents as they are read: by a stranger from the school's site, and by who is asked to accept them."""

from __future__ import annotations

import uuid

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.markdown import rendered
from services.web.pages.documents.words import audiences, kinds
from services.web.person import ask, asker, backend, forget_rights, person, public, signed_in

page = flask.Blueprint("documents", __name__)


@page.get("/schools/<uuid:school_id>/documents")
@public
def of_school(school_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """What the school's site links to; its address stays."""
    found = ask("accounts", "GET", f"/schools/{school_id}/documents")
    return flask.render_template(
        "pages/documents/public.html",
        school_id=school_id,
        school=found["school"],
        documents=found["items"],
        kinds=kinds(),
        audiences=audiences(),
    )


@page.get("/schools/<uuid:school_id>/documents/<uuid:document_id>")
@public
def one_of_school(school_id: uuid.UUID, document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    found = ask("accounts", "GET", f"/schools/{school_id}/documents/{document_id}")
    return flask.render_template(
        "pages/documents/public_one.html",
        school_id=school_id,
        document=found,
        content=rendered(found["text"] or ""),
        kinds=kinds(),
        audiences=audiences(),
    )


@page.get("/schools/<uuid:school_id>/documents/<uuid:document_id>/file")
@public
def file_of_school(school_id: uuid.UUID, document_id: uuid.UUID) -> flask.Response:
    return _pdf(f"/schools/{school_id}/documents/{document_id}/file")


@page.get("/documents")
@signed_in
def listed() -> flask.typing.ResponseReturnValue:
    """What waits for acceptance first; who keeps the documents sees drafts and annulled ones, too."""
    keeps = person().may("DOCUMENTS_EDIT")
    found = ask("accounts", "GET", "/documents", params={"state": "all"} if keeps else {})["items"]
    found.sort(key=lambda one: (one["annulled_at"] is not None, not one["waits"]))
    return flask.render_template(
        "pages/documents/page.html",
        section="documents",
        documents=found,
        keeps=keeps,
        sees_readers=person().may("DOCUMENTS_READERS"),
        kinds=kinds(),
        audiences=audiences(),
    )


@page.get("/documents/waiting")
@signed_in
def waiting() -> flask.typing.ResponseReturnValue:
    """The first that waits for acceptance; after the last one, home."""
    found = ask("accounts", "GET", "/documents")["items"]
    first = next((one["id"] for one in found if one["waits"]), None)
    return flask.redirect(f"/documents/{first}?on=1" if first else "/", 303)


@page.get("/documents/<uuid:document_id>")
@signed_in
def one(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _one(document_id, {}, on=flask.request.args.get("on") == "1")


@page.post("/documents/<uuid:document_id>/accept")
@signed_in
def accept(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    number, on = forms.text("number"), forms.text("on") == "1"
    body = {"number": int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0}
    sentences = {"superseded": _("Тем временем школа опубликовала новую редакцию. Прочитайте её.")}
    try:
        ask("accounts", "POST", f"/documents/{document_id}/accept", body=body)
    except ApiError as error:
        return _one(document_id, forms.refusal(error, sentences), error.status, on=on)
    forget_rights()
    return flask.redirect("/documents/waiting" if on else f"/documents/{document_id}?accepted=1", 303)


@page.get("/documents/<uuid:document_id>/file")
@signed_in
def file(document_id: uuid.UUID) -> flask.Response:
    return _pdf(f"/documents/{document_id}/file")


def _one(document_id: uuid.UUID, errors: forms.Errors, status: int = 200, *, on: bool = False) -> flask.Response:
    """The page of a document; with `on`, whoever accepts it is led on to the next that waits."""
    found = ask("accounts", "GET", f"/documents/{document_id}")
    body = flask.render_template(
        "pages/documents/one.html",
        section="documents",
        document=found,
        content=rendered(found["text"] or ""),
        errors=errors,
        on=on,
        done=_("Записано: вы прочитали и приняли.") if flask.request.args.get("accepted") else "",
        keeps=person().may("DOCUMENTS_EDIT"),
        sees_readers=person().may("DOCUMENTS_READERS"),
        kinds=kinds(),
        audiences=audiences(),
    )
    return flask.make_response(body, status)


def _pdf(path: str) -> flask.Response:
    return passed_on(backend().ask(asker(), "accounts", "GET", path))
