"""A signer's own decisions: undecided first, yes and no of equal weight, nobody else's shown."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.pages.consent.words import (
    PURPOSES,
    UNDECIDED,
    method_titles,
    purpose_titles,
    source_titles,
    term_titles,
)
from services.web.pages.diary.closed import closed_diary
from services.web.person import Child, ask, asker, backend, forget_rights, person, signed_in

page = flask.Blueprint("consent", __name__)


@dataclass(frozen=True)
class Subject:
    """About whom one decides: a child, or from 14 oneself."""

    id: str
    title: str
    undecided: int


@page.get("/consent")
@signed_in
def consent() -> flask.typing.ResponseReturnValue:
    return _show(flask.request.args.get("child"), {})


@page.post("/consent")
@signed_in
def decide() -> flask.typing.ResponseReturnValue:
    child, decision = forms.text("child"), forms.text("decision")
    _refuse_strangers(child)
    if decision not in ("given", "refused", "withdraw"):
        flask.abort(400)
    from_diary = _from_diary(child)
    try:
        if decision == "withdraw":
            if not forms.is_id(forms.text("consent")):
                flask.abort(400)
            ask("accounts", "POST", f"/consents/{forms.text('consent')}/withdraw", body={})
        else:
            body = {"student_id": child, "guardian_id": person().id, "purpose": forms.text("purpose")}
            read = {"form_id": forms.text("form")} if forms.is_id(forms.text("form")) else {}
            ask("accounts", "POST", "/consents", body=body | read | {"decision": decision})
    except ApiError as error:
        sentences = {
            "form-changed": _("Пока вы читали, школа изменила этот документ. Прочитайте новый и решите ещё раз."),
            "no-form": _("Школа ещё не опубликовала этот документ: согласие пока дают на бумаге."),
        }
        if error.code not in sentences:
            raise
        said = {"": sentences[error.code]}
        return closed_diary(from_diary, said, error.status) if from_diary else _show(child, said, error.status)
    forget_rights()
    return flask.redirect(f"/diary/{child}?decided=1" if from_diary else f"/consent?child={child}", 303)


@page.post("/consent/print")
@signed_in
def sheets() -> flask.typing.ResponseReturnValue:
    """Sheets to sign by hand, for the chosen purposes."""
    child = forms.text("child")
    wanted = [one for one in flask.request.form.getlist("purpose") if one in PURPOSES]
    _refuse_strangers(child)
    if not wanted:
        flask.abort(400)
    body = {"student_id": child, "guardian_id": person().id, "purposes": wanted}
    return passed_on(backend().ask(asker(), "accounts", "POST", "/consent-forms/print", body=body))


@page.get("/consent/forms/<uuid:form_id>")
@signed_in
def document(form_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """The whole text of what is signed."""
    return flask.render_template(
        "pages/consent/document.html",
        section="consent",
        form=ask("accounts", "GET", f"/consent-forms/{form_id}"),
        methods=method_titles(),
        terms=term_titles(),
    )


def _from_diary(student_id: str) -> Child | None:
    """The child whose closed diary the form stood on and is gone back to; None for a form of the page of consents."""
    if forms.text("back") != "diary":
        return None
    return next((one for one in person().children if one.id == student_id), None)


def _possible() -> set[str]:
    """About whom this person may try to decide; the service knows whether he may."""
    return {one.id for one in person().children} | ({person().id} if "student" in person().kinds else set())


def _refuse_strangers(student_id: str) -> None:
    """Raises NotFound: about somebody else's child there is nothing here."""
    if student_id not in _possible():
        flask.abort(404)


def _show(wanted: str | None, errors: forms.Errors, status: int = 200) -> flask.Response:
    viewer = person()
    if not _possible():
        flask.abort(404)
    lines = ask("accounts", "GET", "/consents")["items"]
    in_force = {one["purpose"]: one for one in ask("accounts", "GET", "/consent-forms")["items"]}
    subjects = _subjects(lines)
    chosen = next((one for one in subjects if one.id == wanted), subjects[0] if subjects else None)
    own = {line["purpose"]: line for line in lines if chosen is not None and line["student_id"] == chosen.id}
    decisions = [
        {"code": code, "title": title, "line": own[code], "form": in_force.get(code)}
        for code, title in purpose_titles().items()
        if code in own
    ]
    body = flask.render_template(
        "pages/consent/page.html",
        section="consent",
        subjects=subjects,
        chosen=chosen,
        of_oneself=chosen is not None and chosen.id == viewer.id,
        undecided=[one for one in decisions if _undecided(one["line"])],
        decided=[one for one in decisions if not _undecided(one["line"])],
        printable=[one["code"] for one in decisions if one["form"]],
        sources=source_titles(),
        errors=errors,
    )
    return flask.make_response(body, status)


def _subjects(lines: list[dict[str, Any]]) -> list[Subject]:
    viewer = person()
    undecided: dict[str, int] = {}
    for line in lines:
        undecided[line["student_id"]] = undecided.get(line["student_id"], 0) + _undecided(line)
    titles = {one.id: ", ".join(filter(None, (one.first_name, one.class_name))) for one in viewer.children}
    titles |= {viewer.id: _("Вы")}
    return [Subject(one, title, undecided[one]) for one, title in titles.items() if one in undecided]


def _undecided(line: Any) -> bool:
    return line["state"] in UNDECIDED
