"""Terms for which data are kept, and acts of destruction: made, approved, cancelled, their certificates."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.person import allowed, ask, asker, backend, person, signed_in

page = flask.Blueprint("retention", __name__)

PLACE = "/retention"
_LIMIT = 20


def states() -> dict[str, str]:
    """How far an act is."""
    return {
        "draft": _("черновик"),
        "approved": _("уничтожается"),
        "done": _("выполнен"),
        "cancelled": _("отменён"),
    }


def _refusals() -> dict[str, str]:
    return {
        "cancelled": _("Этот акт отменён."),
        "approved": _("Этот акт уже утверждён, его нельзя отменить."),
        "operator-missing": _("Сначала запишите название и адрес школы на странице форм согласий."),
        "term-changed": _("Срок хранения с тех пор стал длиннее. Отмените этот акт и составьте новый."),
    }


@page.get(PLACE)
@allowed("RETENTION_READ")
def retention() -> flask.typing.ResponseReturnValue:
    return _page({})


@page.post(f"{PLACE}/term")
@signed_in
def set_term() -> flask.typing.ResponseReturnValue:
    category, years = forms.text("category"), forms.text("years")
    if not category.isidentifier():
        flask.abort(400)
    errors = {} if years.isdecimal() and len(years) < 3 else {"years": _("Укажите число лет.")}
    if forms.a_date(forms.text("order_date")) is None:
        errors["order_date"] = _("Укажите день.")
    if errors:
        return _page(errors, 422)
    body: dict[str, Any] = forms.filled("order_number", "order_date") | {"years": int(years)}
    try:
        ask("accounts", "PUT", f"/retention/{category}", body=body)
    except ApiError as error:
        return _page(_of_term(error), error.status)
    return flask.redirect(f"{PLACE}?kept=1", 303)


@page.post(f"{PLACE}/acts")
@signed_in
def make() -> flask.typing.ResponseReturnValue:
    categories = flask.request.form.getlist("categories")
    if not categories:
        return _page({"categories": _("Отметьте, что уничтожить.")}, 422)
    try:
        ask("accounts", "POST", "/destruction-acts", body={"categories": categories, **forms.filled("processor")})
    except ApiError as error:
        return _page(forms.refusal(error, _refusals()), error.status)
    return flask.redirect(f"{PLACE}?made=1#acts", 303)


@page.post(f"{PLACE}/acts/approve")
@signed_in
def approve() -> flask.typing.ResponseReturnValue:
    return _decided("approve")


@page.post(f"{PLACE}/acts/cancel")
@signed_in
def cancel() -> flask.typing.ResponseReturnValue:
    return _decided("cancel")


@page.get(f"{PLACE}/acts/<uuid:act_id>/certificate")
@allowed("RETENTION_READ")
def certificate(act_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return passed_on(backend().ask(asker(), "accounts", "GET", f"/destruction-acts/{act_id}/certificate"))


def _decided(what: str) -> flask.typing.ResponseReturnValue:
    act = forms.text("act")
    if not forms.is_id(act):
        flask.abort(400)
    try:
        ask("accounts", "POST", f"/destruction-acts/{act}/{what}")
    except ApiError as error:
        return _page(forms.refusal(error, _refusals()), error.status)
    return flask.redirect(f"{PLACE}?{what}=1#acts", 303)


def _of_term(error: ApiError) -> forms.Errors:
    found = forms.refusal(error, _refusals())
    if any(one.get("code") == "below-floor" for one in error.errors):
        found["years"] = _("Короче, чем велит закон.")
    return found


def _page(errors: forms.Errors, status: int = 200) -> flask.Response:
    asked = flask.request.args
    cursor = asked.get("cursor")
    acts = ask("accounts", "GET", "/destruction-acts",
               params={"limit": _LIMIT} | ({"cursor": cursor} if forms.is_id(cursor) else {}))  # fmt: skip
    done = {
        "kept": _("Срок записан."),
        "made": _("Акт составлен. Его утверждает директор."),
        "approve": _("Акт утверждён, данные уничтожаются."),
        "cancel": _("Акт отменён."),
    }
    body = flask.render_template(
        "pages/retention/page.html",
        section="people",
        items=ask("accounts", "GET", "/retention")["items"],
        acts=acts["items"],
        following=acts["next"],
        states=states(),
        form=flask.request.form,
        may_edit=person().may("RETENTION_EDIT"),
        may_approve=person().may("RETENTION_APPROVE"),
        errors=errors,
        done=next((words for name, words in done.items() if asked.get(name)), ""),
    )
    return flask.make_response(body, status)
