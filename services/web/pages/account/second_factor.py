"""The second step of one's own sign-in: set up, new recovery codes, ended. What is shown once is never kept."""

from __future__ import annotations

import base64
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.pages.account.views import shown
from services.web.person import ask, forget_rights, person, signed_in

page = flask.Blueprint("second_factor", __name__)


@page.post("/me/second-factor")
@signed_in
def begin() -> flask.typing.ResponseReturnValue:
    """The square and the key, in this one answer; asked for again they are others."""
    try:
        begun = ask("accounts", "POST", "/second-factors", body={})
    except ApiError as error:
        return shown(forms.refusal(error, {"factor-set": _("Второй шаг уже настроен.")}), error.status)
    return _set_up(begun, {})


@page.post("/me/second-factor/confirm")
@signed_in
def confirm() -> flask.typing.ResponseReturnValue:
    try:
        made = ask("accounts", "POST", "/second-factors/confirm", body=_code())
    except ApiError as error:
        sentences = {"no-factor": _("Начните настройку сначала.")}
        return _set_up(None, _errors(error, sentences), error.status)
    forget_rights()
    return _recovery_codes(made["recovery_codes"], _("Второй шаг включён."))


@page.post("/me/second-factor/codes")
@signed_in
def renew() -> flask.typing.ResponseReturnValue:
    try:
        made = ask("accounts", "POST", "/second-factors/recovery-codes", body=_code())
    except ApiError as error:
        return shown(_errors(error, _sentences()), error.status)
    return _recovery_codes(made["recovery_codes"], _("Прежние запасные коды больше не действуют."))


@page.post("/me/second-factor/end")
@signed_in
def end() -> flask.typing.ResponseReturnValue:
    try:
        ask("accounts", "POST", "/second-factors/end", body=_code())
    except ApiError as error:
        return shown(_errors(error, _sentences()), error.status)
    forget_rights()
    return flask.redirect("/me?changed=factor#second-step", 303)


def _code() -> dict[str, str]:
    return {"otp": forms.text("otp")}


def _sentences() -> dict[str, str]:
    return {"no-factor": _("Второй шаг не настроен.")}


def _errors(error: ApiError, sentences: dict[str, str]) -> forms.Errors:
    if error.status == 429:
        return {"otp": forms.too_many(error)}
    if error.code == "wrong-otp":
        return {"otp": _("Код не подошёл. Каждый код действует один раз: дождитесь следующего.")}
    if error.code == "factor-unreadable":
        return {
            "otp": _("Коды из приложения сейчас не проверить. Введите запасной код или обратитесь к администратору.")
        }
    if error.status == 422:
        return {"otp": _("Введите код.")}
    return forms.refusal(error, sentences)


def _set_up(begun: dict[str, Any] | None, errors: forms.Errors, status: int = 200) -> flask.Response:
    """Without `begun` the code alone: what was shown is in the telephone already."""
    square = base64.b64encode(begun["qr"].encode()).decode() if begun else ""
    body = flask.render_template(
        "pages/account/second_factor.html",
        section="me",
        square=f"data:image/svg+xml;base64,{square}" if square else "",
        secret=_in_fours(begun["secret"]) if begun else "",
        errors=errors,
    )
    return flask.make_response(body, status)


def _recovery_codes(codes: list[str], done: str) -> flask.Response:
    body = flask.render_template(
        "pages/account/recovery_codes.html",
        section="me",
        codes=[_in_fours(code) for code in codes],
        school=person().school,
        done=done,
    )
    return flask.make_response(body)


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
