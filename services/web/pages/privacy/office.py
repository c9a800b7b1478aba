"""Requests of the whole school for its office: what waits, a paper written down, the calendar of working days."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.pages.home.views import today_of
from services.web.pages.privacy import words
from services.web.person import allowed, ask, forget_rights, person, signed_in

page = flask.Blueprint("privacy_office", __name__)

_YEARS = (1990, 2100)


@page.get("/people/privacy")
@allowed("WORKING_DAYS_READ")
def listed() -> flask.typing.ResponseReturnValue:
    """What waits for an answer, the nearest term first; with `state=closed` what was answered."""
    state = flask.request.args.get("state", "open")
    if state not in ("open", "closed"):
        flask.abort(404)
    asked = {"of": "school", "state": state, "limit": 100}
    cursor = flask.request.args.get("cursor")
    found = ask("accounts", "GET", "/privacy-requests", params=asked | ({"cursor": cursor} if cursor else {}))
    requests = found["items"]
    if state == "open":
        requests = sorted(requests, key=lambda one: (one["due_on"], one["number"]))
    return flask.render_template(
        "pages/privacy/office.html",
        section="people",
        state=state,
        requests=requests,
        following=found["next"],
        kinds=words.kind_titles(),
        outcomes=words.outcome_titles(),
        left=words.left,
    )


@page.get("/people/<uuid:person_id>/privacy")
@allowed("PEOPLE_WRITE")
def paper(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _paper(person_id, {})


@page.post("/people/<uuid:person_id>/privacy")
@signed_in
def write_down(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    body = forms.filled("kind", "requester_id", "text", "document", "received_on")
    body["subject_id"] = str(person_id)
    unfit = {}
    if not forms.is_id(body.get("requester_id")):
        unfit["requester_id"] = _("Выберите, кто обратился.")
    received = forms.a_date(body.get("received_on"))
    if received is None or received > today_of(person()):
        unfit["received_on"] = _("Укажите день, когда бумага получена: не позже сегодняшнего.")
    else:
        body["received_on"] = received.isoformat()
    if body.get("kind") not in words.kind_titles():
        unfit["kind"] = _("Выберите, о чём запрос.")
    if unfit:
        return _paper(person_id, unfit, 422)
    try:
        made = ask("accounts", "POST", "/privacy-requests", body=body)
    except ApiError as error:
        return _paper(person_id, forms.refusal(error, words.refusals()), error.status)
    forget_rights()
    return flask.redirect(f"/privacy/{made['id']}?made=1", 303)


@page.get("/people/privacy/days")
@allowed("WORKING_DAYS_READ")
def days() -> flask.typing.ResponseReturnValue:
    return _days({})


@page.post("/people/privacy/days")
@allowed("WORKING_DAYS_EDIT")
def set_day() -> flask.typing.ResponseReturnValue:
    day = forms.a_date(forms.text("day"))
    if day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        return _days({"day": _("Укажите день.")}, 422)
    try:
        body = {"working": forms.text("working") == "yes"}
        ask("accounts", "PUT", f"/working-days/{day.isoformat()}", body=body)
    except ApiError as error:
        return _days(forms.refusal(error), error.status)
    return flask.redirect(f"/people/privacy/days?year={day.year}&set=1", 303)


def _paper(person_id: uuid.UUID, errors: forms.Errors, status: int = 200) -> flask.Response:
    one = ask("journal", "GET", f"/people/{person_id}")
    requesters: list[tuple[str, str]] = [(one["id"], _("Сам(а)"))]
    if "student" in one["kinds"]:
        links = ask("journal", "GET", "/guardianships", params={"student": str(person_id)})["items"]
        requesters = [
            (link["guardian_id"], f"{link['guardian']} ({link['relation']})") for link in links
        ] + requesters
    body = flask.render_template(
        "pages/privacy/paper.html",
        section="people",
        one=one,
        requesters=requesters,
        kinds=words.kind_titles(),
        hints=words.kind_hints(),
        today=today_of(person()).isoformat(),
        form=flask.request.form,
        errors=errors,
    )
    return flask.make_response(body, status)


def _days(errors: forms.Errors, status: int = 200) -> flask.Response:
    this_year = today_of(person()).year
    text = flask.request.args.get("year", str(this_year))
    year = int(text) if text.isdecimal() and len(text) == 4 else this_year
    year = min(max(year, _YEARS[0]), _YEARS[1])
    found: list[dict[str, Any]] = ask("accounts", "GET", "/working-days", params={"year": year})["items"]
    body = flask.render_template(
        "pages/privacy/days.html",
        section="people",
        year=year,
        days=found,
        may_edit=person().may("WORKING_DAYS_EDIT"),
        form=flask.request.form,
        errors=errors,
        done=_("Записано. Сроки, которые уже идут, не меняются.") if flask.request.args.get("set") else "",
    )
    return flask.make_response(body, status)
