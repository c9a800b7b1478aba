"""The register of people: lists, search, a card, codes for the first sign-in."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.pages.home.views import today_of
from services.web.person import allowed, ask, person, signed_in

page = flask.Blueprint("people", __name__)

KINDS = ("staff", "student", "guardian")
RELATIONS = ("мать", "отец", "опекун", "попечитель", "бабушка", "дедушка", "иной представитель")
_MOST_CODES = 100
_FIELDS = ("last_name", "first_name", "middle_name", "birth_date", "email", "phone", "position")


@page.app_template_filter("full_name")
def full_name(one: dict[str, Any]) -> str:
    """Family name, name, patronymic."""
    return str(one.get("name") or " ".join(filter(None, (one.get(part) for part in _FIELDS[:3]))))


def kind_titles() -> tuple[tuple[str, str], ...]:
    return (("staff", _("Сотрудники")), ("student", _("Ученики")), ("guardian", _("Родители")))


@page.get("/people")
@signed_in
def people() -> flask.typing.ResponseReturnValue:
    kind = flask.request.args.get("kind", "staff")
    if kind not in KINDS:
        flask.abort(404)
    asked = {"kind": kind, "limit": 100}
    cursor = flask.request.args.get("cursor")
    found = ask("journal", "GET", "/people", params=asked | ({"cursor": cursor} if cursor else {}))
    return _list(found, kind, "")


@page.post("/people")
@signed_in
def search() -> flask.typing.ResponseReturnValue:
    """A name never stands in an address."""
    kind, q = forms.text("kind"), forms.text("q")
    if not q or kind not in KINDS:
        return flask.redirect(f"/people?kind={kind if kind in KINDS else 'staff'}", 303)
    body = {"q": q[:100], "kind": kind, "limit": 100}
    return _list(ask("journal", "POST", "/people/search", body=body), kind, q)


def _list(found: dict[str, Any], kind: str, q: str) -> flask.typing.ResponseReturnValue:
    return flask.render_template(
        "pages/people/page.html",
        section="people",
        kinds=kind_titles(),
        kind=kind,
        q=q,
        people=found["items"],
        following=found.get("next"),
        may_issue=person().may("CREDENTIALS_ISSUE"),
    )


@page.get("/people/new")
@allowed("PEOPLE_WRITE")
def new_person() -> flask.typing.ResponseReturnValue:
    return _form({}, [flask.request.args.get("kind", "staff")])


@page.post("/people/new")
@signed_in
def add_person() -> flask.typing.ResponseReturnValue:
    kinds = [kind for kind in flask.request.form.getlist("kinds") if kind in KINDS]
    if not kinds:
        return _form({"kinds": _("Отметьте, кто это.")}, kinds, 422)
    body = forms.filled(*_FIELDS) | {"kinds": kinds}
    try:
        made = ask("journal", "POST", "/people", body=body)
    except ApiError as error:
        return _form(forms.refusal(error), kinds, error.status)
    return flask.redirect(f"/people/{made['id']}?added=1", 303)


def _form(errors: forms.Errors, kinds: list[str], status: int = 200) -> flask.Response:
    body = flask.render_template(
        "pages/people/new.html",
        section="people",
        errors=errors,
        form=flask.request.form,
        kinds=kind_titles(),
        chosen=kinds,
    )
    return flask.make_response(body, status)


@page.get("/people/<uuid:person_id>")
@signed_in
def card(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _card(person_id, {})


@page.post("/people/<uuid:person_id>/classes")
@signed_in
def enroll(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    class_id = forms.text("class_id")
    if not forms.is_id(class_id):
        return _card(person_id, {"class_id": _("Выберите класс.")}, status=422)
    body = {"student_id": str(person_id), "from": forms.text("from")}
    sentences = {"conflict": _("Ученик уже состоит в классе в эти дни.")}
    try:
        ask("journal", "POST", f"/classes/{class_id}/enrollments", body=body)
    except ApiError as error:
        return _card(person_id, forms.refusal(error, sentences), status=error.status)
    return flask.redirect(f"/classes/{class_id}?added=1", 303)


@page.post("/people/<uuid:person_id>/leave")
@signed_in
def leave(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """The end of an employment; with `back` that it goes on after all."""
    act = "return" if forms.text("back") else "leave"
    sentences = {
        "last-administrator": _("Это последний администратор: сначала дайте эту роль кому-то ещё."),
        "begins-later": _("С этого дня или позже начинается класс или предмет: сначала передайте их другому."),
    }
    try:
        ask("journal", "POST", f"/people/{person_id}/{act}", body=forms.filled("on") if act == "leave" else {})
    except ApiError as error:
        return _card(person_id, forms.refusal(error, sentences), status=error.status)
    return flask.redirect(f"/people/{person_id}?added=1", 303)


@page.post("/people/<uuid:person_id>/guardians")
@signed_in
def add_guardian(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """First a search by name, then the one who was meant."""
    chosen = forms.text("guardian_id")
    if not forms.is_id(chosen):
        found = ask(
            "journal",
            "POST",
            "/people/search",
            body={"q": forms.text("q")[:100] or "?", "kind": "guardian", "limit": 20},
        )
        return _card(person_id, {}, found["items"])
    body = {
        "guardian_id": chosen,
        "student_id": str(person_id),
        "relation": forms.text("relation"),
        "from": today_of(person()).isoformat(),
    }
    sentences = {"guardianship-exists": _("Этот человек уже записан родителем ученика.")}
    try:
        ask("journal", "POST", "/guardianships", body=body)
    except ApiError as error:
        return _card(person_id, forms.refusal(error, sentences), status=error.status)
    return flask.redirect(f"/people/{person_id}?added=1", 303)


def _card(
    person_id: uuid.UUID, errors: forms.Errors, candidates: list[Any] | None = None, status: int = 200
) -> flask.Response:
    """At most three questions: after a search the card does without the list of classes or links."""
    one = ask("journal", "GET", f"/people/{person_id}")
    student = "student" in one["kinds"]
    classes: list[Any] = []
    relatives: list[Any] = []
    if flask.request.method == "GET":
        role = "student" if student else "guardian"
        if student or "guardian" in one["kinds"]:
            relatives = ask("journal", "GET", "/guardianships", params={role: str(person_id)})["items"]
        if student:
            classes = ask("journal", "GET", "/classes")["items"]
    elif student and candidates is None:
        classes = ask("journal", "GET", "/classes")["items"]
    body = flask.render_template(
        "pages/people/card.html",
        section="people",
        one=one,
        student=student,
        classes=[(row["id"], row["name"]) for row in classes],
        relatives=relatives,
        candidates=candidates,
        relations=[(name, name) for name in RELATIONS],
        errors=errors,
        added=flask.request.args.get("added"),
        today=today_of(person()).isoformat(),
        form=flask.request.form,
        may_issue=person().may("CREDENTIALS_ISSUE"),
        may_end=person().may("STAFF_WRITE") and "staff" in one["kinds"],
        may_read_sign_ins=person().may("SIGN_INS_READ"),
        may_write=person().may("PEOPLE_WRITE"),
    )
    return flask.make_response(body, status)


@page.post("/people/codes")
@signed_in
def codes() -> flask.typing.ResponseReturnValue:
    """Codes are shown in this one answer and nowhere again."""
    wanted = [one for one in flask.request.form.getlist("person_ids") if forms.is_id(one)][:_MOST_CODES]
    if not wanted:
        return flask.redirect(f"/people?kind={forms.text('kind') or 'staff'}", 303)
    try:
        made = ask("accounts", "POST", "/credentials", body={"person_ids": wanted})["items"]
    except ApiError as error:
        body = flask.render_template(
            "pages/people/codes.html", section="people", codes=[], errors=forms.refusal(error)
        )
        return flask.make_response(body, error.status)
    return flask.render_template(
        "pages/people/codes.html",
        section="people",
        codes=made,
        errors={},
        address=flask.request.host_url.rstrip("/"),
    )
