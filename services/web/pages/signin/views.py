"""Signing in, the first time with a code, and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms, security
from services.web.clients import ApiError
from services.web.pages.signin.birth_dates import typed_day
from services.web.person import ask, asker, forget_rights, public

page = flask.Blueprint("signin", __name__)


@page.get("/login")
@public
def login() -> flask.typing.ResponseReturnValue:
    following = security.safe_next(flask.request.args.get("next"))
    return _login_page({}, following)


@page.post("/login")
@public
def do_login() -> flask.typing.ResponseReturnValue:
    form = flask.request.form
    following = security.safe_next(form.get("next"))
    if not security.cookies_possible():
        return _login_page({"": _no_cookies()}, following, 403)
    wanted: dict[str, Any] = {
        "login": form.get("login", "").strip(),
        "password": form.get("password", ""),
        "device": device(),
    }
    try:
        session = ask("accounts", "POST", "/sessions", body=wanted)
    except ApiError as error:
        if error.status not in (400, 401, 422, 429) or flask.request.headers.get("Zhurnal-Module") == "1":
            raise
        if error.code == "otp-required":
            return _code_page({}, str(error.problem["proof"]), following)
        return _login_page({"": _why_not(error)}, following, error.status)
    return _enter(session, following, wanted["device"])


@page.post("/login/code")
@public
def second_step() -> flask.typing.ResponseReturnValue:
    """The code of the second factor; what proves the password comes with it, for five minutes."""
    form = flask.request.form
    following = security.safe_next(form.get("next"))
    wanted: dict[str, Any] = {"proof": form.get("proof", ""), "otp": form.get("otp", "").strip(), "device": device()}
    try:
        session = ask("accounts", "POST", "/sessions/second-step", body=wanted)
    except ApiError as error:
        known = error.status in (400, 401, 422, 429) or error.code == "factor-unreadable"
        if not known or flask.request.headers.get("Zhurnal-Module") == "1":
            raise
        if error.code == "proof-expired" or not wanted["proof"]:
            return _login_page({"": _("Прошло больше пяти минут: введите логин и пароль ещё раз.")}, following, 401)
        return _code_page({"otp": _why_no_code(error)}, wanted["proof"], following, error.status)
    return _enter(session, following, wanted["device"])


@page.get("/activate")
@public
def activate() -> flask.typing.ResponseReturnValue:
    return _activation_page({})


@page.post("/activate")
@public
def do_activate() -> flask.typing.ResponseReturnValue:
    form = flask.request.form
    if not security.cookies_possible():
        return _activation_page({"": _no_cookies()}, 403)
    wanted: dict[str, Any] = {
        "code": form.get("code", "").strip(),
        "password": form.get("password", ""),
    }
    wanted["device"] = device()
    wanted |= forms.filled("login", "otp")
    if forms.text("child_birth_date"):
        born = typed_day(forms.text("child_birth_date"))
        if born is None:
            # Nothing is asked: a slip has five tries, and this is none.
            return _activation_page({"child_birth_date": _("Напишите дату так: 14.03.2015.")}, 422)
        wanted["child_birth_date"] = born.isoformat()
    try:
        session = ask("accounts", "POST", "/credentials/activate", body=wanted)
    except ApiError as error:
        if error.status not in (400, 401, 404, 409, 410, 422, 429):
            raise
        return _activation_page(_activation_errors(error), error.status)
    return _enter(session, "/", wanted["device"])


@page.post("/logout")
@public
def logout() -> flask.typing.ResponseReturnValue:
    response = flask.make_response(flask.redirect("/login", 303))
    security.drop_session(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    if asker().token:
        forget_rights()
        try:
            ask("accounts", "DELETE", "/sessions/current")
        except ApiError as error:
            # The cookie goes at once, whatever accounts says or does not say.
            flask.current_app.logger.info("sign-out unanswered: %s", error.status)
    return response


@page.get("/session")
@public
def session() -> flask.typing.ResponseReturnValue:
    """Whether somebody is signed in, and who: asked by the dialog after an expired session."""
    me = ask("accounts", "GET", "/me")
    return {"person": me["person"]["id"]}


def device() -> dict[str, Any]:
    """What accounts is told of this browser."""
    trusted = flask.request.form.get("trusted") == "1"
    return {"name": _device_name(), "trusted": trusted, "key": security.device_key()}


def _enter(session: dict[str, Any], following: str, on_device: Mapping[str, Any]) -> flask.typing.ResponseReturnValue:
    if flask.request.headers.get("Zhurnal-Module") == "1":
        response = flask.jsonify(person=_person_id(session))
    else:
        # Whoever has several schools says first which of them is meant.
        several = len(session["schools"]) > 1 and following == "/"
        response = flask.make_response(flask.redirect("/schools" if several else following, 303))
    security.keep_session(response, session["token"], on_device["trusted"])
    security.keep_device(response, on_device["key"])
    return response


def _person_id(session: dict[str, Any]) -> str:
    person = session["person"]
    return str(person["id"] if isinstance(person, dict) else person)


def _device_name() -> str:
    agent = flask.request.user_agent.string
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
    names = [name for mark, name in systems if mark in agent] or [
        name for mark, name in (("Mac OS", "macOS"), ("Linux", "Linux")) if mark in agent
    ]
    browsers = (("YaBrowser", "Яндекс.Браузер"), ("Firefox", "Firefox"), ("Edg/", "Edge"))
    more = (("Chrome", "Chrome"), ("Safari", "Safari"))
    names += [name for mark, name in browsers + more if mark in agent][:1]
    return ", ".join(names)[:100] or "?"


def _why_not(error: ApiError) -> str:
    if error.status == 429:
        return forms.too_many(error)
    return _("Логин или пароль не подошли. Проверьте раскладку и Caps Lock.")


def _why_no_code(error: ApiError) -> str:
    if error.status == 429:
        return forms.too_many(error)
    if error.code == "factor-unreadable":
        return _("Коды из приложения сейчас не проверить. Введите запасной код или обратитесь к администратору.")
    return _("Код не подошёл. Каждый код действует один раз: дождитесь следующего.")


def _no_cookies() -> str:
    return _(
        "По этому адресу войти нельзя: соединение не защищено. Откройте журнал по адресу, который начинается "
        "с https://, или на самом компьютере, где он запущен."
    )


def _activation_errors(error: ApiError) -> dict[str, str]:
    if error.status == 429:
        return {"": _why_not(error)}
    by_code = {
        "code-unknown": ("code", _("Такого кода нет, он уже использован или просрочен. Попросите новый в школе.")),
        "has-account": ("", _("У вас уже есть вход в журнал: войдите логином и паролем.")),
        "wrong-credentials": ("login", _("Прежний логин или пароль не подошли.")),
        "otp-required": ("otp", _("У этого входа есть второй шаг: введите код из приложения и ещё раз пароль.")),
        "wrong-otp": ("otp", _why_no_code(error)),
    }
    if error.code in by_code:
        return dict([by_code[error.code]])
    missing = any(entry.get("code") == "required" for entry in error.errors)
    names = {
        "password": forms.password_refused(),
        "child_birth_date": _("Укажите дату рождения ребёнка.")
        if missing
        else _("Дата рождения ребёнка не совпадает с той, что знает школа."),
        "code": _("Код набран не полностью."),
    }
    return forms.errors_by_field(error, names) or {"": _("Не получилось. Проверьте код и попробуйте ещё раз.")}


def _login_page(errors: dict[str, str], following: str, status: int = 200) -> flask.Response:
    body = flask.render_template(
        "pages/signin/login.html",
        errors=errors,
        following=following,
        login=flask.request.form.get("login", ""),
        no_cookies="" if security.cookies_possible() else _no_cookies(),
    )
    return flask.make_response(body, status)


def _code_page(errors: dict[str, str], proof: str, following: str, status: int = 200) -> flask.Response:
    trusted = flask.request.form.get("trusted") == "1"
    body = flask.render_template(
        "pages/signin/code.html", errors=errors, proof=proof, following=following, trusted=trusted
    )
    return flask.make_response(body, status)


def _activation_page(errors: dict[str, str], status: int = 200) -> flask.Response:
    body = flask.render_template("pages/signin/activate.html", errors=errors, form=flask.request.form)
    return flask.make_response(body, status)
