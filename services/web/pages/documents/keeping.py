"""Documents as they are kept: written, published, annulled, linked to; and who has not accepted them."""

from __future__ import annotations

import io
import uuid
from typing import Any

import flask
import segno
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.pages.documents.words import audiences, kinds
from services.web.person import allowed, ask, person, signed_in

page = flask.Blueprint("documents_keeping", __name__)


@page.get("/documents/new")
@allowed("DOCUMENTS_EDIT")
def new() -> flask.typing.ResponseReturnValue:
    return _form({})


@page.post("/documents/new")
@signed_in
def add() -> flask.typing.ResponseReturnValue:
    form = flask.request.form
    body = forms.filled("kind", "audience", "title") | {"asks": "asks" in form}
    body |= {"text": form["text"]} if form.get("text", "").strip() else {}
    try:
        made = ask("accounts", "POST", "/documents", body=body)
    except ApiError as error:
        return _form(forms.refusal(error), error.status)
    return flask.redirect(f"/documents/{made['id']}/versions", 303)


@page.get("/documents/site")
@allowed("DOCUMENTS_EDIT")
def site() -> flask.typing.ResponseReturnValue:
    """What goes onto the school's site: an address that stays, a line of HTML and a square for paper."""
    return flask.render_template("pages/documents/site.html", section="documents", address=_address())


@page.get("/documents/site.svg")
@allowed("DOCUMENTS_EDIT")
def square() -> flask.Response:
    """The address as a QR code."""
    drawn = io.BytesIO()
    segno.make(_address(), error="m", micro=False).save(drawn, kind="svg", scale=6, border=4, light="#fff")
    return flask.Response(drawn.getvalue(), mimetype="image/svg+xml")


@page.get("/documents/<uuid:document_id>/versions")
@allowed("DOCUMENTS_EDIT")
def versions(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _versions(document_id, {})


@page.post("/documents/<uuid:document_id>/versions")
@signed_in
def add_version(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """A text, or the file where one is sent."""
    sent = flask.request.files.get("file")
    path = f"/documents/{document_id}/versions"
    sentences = {"annulled": _("Документ отменён, новых редакций у него не будет.")}
    try:
        if sent is not None and sent.filename:
            # The file's own name stays here: it may say anything about anybody.
            ask(
                "accounts",
                "POST",
                f"{path}/pdf",
                files={"file": ("document.pdf", sent.stream.read(), "application/pdf")},
            )
        else:
            ask("accounts", "POST", path, body={"text": flask.request.form.get("text", "")})
    except ApiError as error:
        if error.status == 413:
            return _versions(document_id, {"file": _("Файл больше 10 МБ.")}, 413)
        return _versions(document_id, _beside_the_file(error) or forms.refusal(error, sentences), error.status)
    return flask.redirect(path, 303)


@page.post("/documents/<uuid:document_id>/publish")
@signed_in
def publish(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    number = forms.text("number")
    body = {"number": int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0}
    try:
        ask("accounts", "POST", f"/documents/{document_id}/publish", body=body)
    except ApiError as error:
        return _versions(document_id, forms.refusal(error), error.status)
    return flask.redirect(f"/documents/{document_id}/versions?published=1", 303)


@page.post("/documents/<uuid:document_id>/annul")
@signed_in
def annul(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    try:
        ask("accounts", "POST", f"/documents/{document_id}/annul", body={"reason": forms.text("reason")})
    except ApiError as error:
        return _versions(document_id, forms.refusal(error), error.status)
    return flask.redirect("/documents", 303)


@page.get("/documents/<uuid:document_id>/readers")
@allowed("DOCUMENTS_READERS")
def readers(document_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """Counts of all that one sees, and by name those of one class or of the staff; of the only class at once."""
    wanted = flask.request.args.get("class")
    document = ask("accounts", "GET", f"/documents/{document_id}")
    found = _readers(document_id, wanted)
    if not wanted and len(found["counts"]) == 1 and found["counts"][0]["class_id"]:
        wanted = found["counts"][0]["class_id"]
        found = _readers(document_id, wanted)
    return flask.render_template(
        "pages/documents/readers.html",
        section="documents",
        document=document,
        counts=found["counts"],
        missing=found["missing"],
        wanted=wanted,
        place=next((one["class_name"] for one in found["counts"] if one["class_id"] == wanted), ""),
    )


def _readers(document_id: uuid.UUID, class_id: str | None) -> Any:
    asked = {"class": class_id} if forms.is_id(class_id) else {}
    return ask("accounts", "GET", f"/documents/{document_id}/readers", params=asked)


def _beside_the_file(error: ApiError) -> forms.Errors:
    words = {"not-a-pdf": _("Это не PDF."), "too-large": _("Файл больше 10 МБ.")}
    said = [words[entry["code"]] for entry in error.errors if entry.get("code") in words]
    return {"file": said[0]} if said else {}


def _address() -> str:
    return f"{flask.request.host_url}schools/{person().school_id}/documents"


def _form(errors: forms.Errors, status: int = 200) -> flask.Response:
    body = flask.render_template(
        "pages/documents/new.html",
        section="documents",
        errors=errors,
        form=flask.request.form,
        kinds=kinds(),
        audiences=audiences(),
    )
    return flask.make_response(body, status)


def _versions(document_id: uuid.UUID, errors: forms.Errors, status: int = 200) -> flask.Response:
    known = ask("accounts", "GET", "/documents", params={"state": "all"})["items"]
    document = next((one for one in known if one["id"] == str(document_id)), None)
    if document is None:
        raise ApiError(404, {"title": "Not found"})
    found = ask("accounts", "GET", f"/documents/{document_id}/versions")["items"]
    body = flask.render_template(
        "pages/documents/versions.html",
        section="documents",
        document=document,
        versions=found,
        text=flask.request.form.get("text") or next((one["text"] for one in found if one["text"]), ""),
        errors=errors,
        done=_("Опубликовано.") if flask.request.args.get("published") else "",
        kinds=kinds(),
        audiences=audiences(),
    )
    return flask.make_response(body, status)
