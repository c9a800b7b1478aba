"""Language, look, devices and password of the signed-in person."""

from __future__ import annotations

import flask
from flask_babel import gettext as _

from services.web import forms, i18n
from services.web.clients import ApiError, SilentError
from services.web.person import ask, public, signed_in

page = flask.Blueprint("account", __name__)

_YEAR = 365 * 86400


@page.get("/me")
@signed_in
def me() -> flask.typing.ResponseReturnValue:
    return shown({})


@page.post("/me")
@signed_in
def keep_settings() -> flask.typing.ResponseReturnValue:
    response = flask.make_response(flask.redirect("/me", 303))
    if forms.text("language") in i18n.LANGUAGES:
        _keep(response, i18n.LANGUAGE_COOKIE, forms.text("language"))
    if forms.text("theme") in i18n.THEMES:
        _keep(response, i18n.THEME_COOKIE, forms.text("theme"))
    return response


@page.post("/me/password")
@signed_in
def change_password() -> flask.typing.ResponseReturnValue:
    wanted = {name: flask.request.form.get(name, "") for name in ("password", "new_password")}
    try:
        ask("accounts", "POST", "/passwords", body=wanted)
    except ApiError as error:
        if error.status == 429:
            return shown({"password": forms.too_many(error)}, error.status)
        errors = {"password": _("Это не нынешний пароль.")} if error.code == "wrong-password" else {}
        return shown(errors or forms.errors_by_field(error, _password_words()) or forms.refusal(error), error.status)
    return flask.redirect("/me?changed=password", 303)


@page.post("/me/sessions/<uuid:session>/end")
@signed_in
def end_session(session: object) -> flask.typing.ResponseReturnValue:
    ask("accounts", "DELETE", f"/sessions/{session}")
    return flask.redirect("/me", 303)


@page.post("/me/devices/<uuid:device>/forget")
@signed_in
def forget_device(device: object) -> flask.typing.ResponseReturnValue:
    ask("accounts", "DELETE", f"/devices/{device}")
    return flask.redirect("/me", 303)


@page.get("/language/<language>")
@public
def change_language(language: str) -> flask.typing.ResponseReturnValue:
    """The switch on the sign-in page; changes nothing but what this browser reads."""
    response = flask.make_response(flask.redirect("/login", 303))
    if language in i18n.LANGUAGES:
        _keep(response, i18n.LANGUAGE_COOKIE, language)
    return response


def shown(errors: forms.Errors, status: int = 200) -> flask.Response:
    """The settings. A refused form has put one question already: then the list of devices is left out."""
    try:
        listed = ask("accounts", "GET", "/sessions") if flask.request.method == "GET" else None
        factor = ask("accounts", "GET", "/second-factors")
    except SilentError:
        listed = factor = None
    body = flask.render_template(
        "pages/account/page.html",
        section="me",
        sessions=listed["items"] if listed else None,
        devices=listed["devices"] if listed else [],
        factor=factor,
        themes=i18n.THEMES,
        errors=errors,
        done=_done(),
    )
    return flask.make_response(body, status)


def _done() -> str:
    changed = flask.request.args.get("changed")
    return {"password": _("Пароль изменён."), "factor": _("Второй шаг выключен.")}.get(changed or "", "")


def _password_words() -> forms.Errors:
    return {"password": _("Введите нынешний пароль."), "new_password": forms.password_refused()}


def _keep(response: flask.Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR, secure=flask.request.is_secure, httponly=True, samesite="Lax")
