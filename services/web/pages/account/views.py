"""Language, look and devices of the signed-in person."""

from __future__ import annotations

import flask

from services.web import forms, i18n
from services.web.clients import SilentError
from services.web.person import ask, public, signed_in

page = flask.Blueprint("account", __name__)

_YEAR = 365 * 86400


@page.get("/me")
@signed_in
def me() -> flask.typing.ResponseReturnValue:
    try:
        sessions = ask("accounts", "GET", "/sessions")["items"]
    except SilentError:
        sessions = None
    return flask.render_template("pages/account/page.html", section="me", sessions=sessions, themes=i18n.THEMES)


@page.post("/me")
@signed_in
def keep_settings() -> flask.typing.ResponseReturnValue:
    response = flask.make_response(flask.redirect("/me", 303))
    if forms.text("language") in i18n.LANGUAGES:
        _keep(response, i18n.LANGUAGE_COOKIE, forms.text("language"))
    if forms.text("theme") in i18n.THEMES:
        _keep(response, i18n.THEME_COOKIE, forms.text("theme"))
    return response


@page.post("/me/sessions/<uuid:session>/end")
@signed_in
def end_session(session: object) -> flask.typing.ResponseReturnValue:
    ask("accounts", "DELETE", f"/sessions/{session}")
    return flask.redirect("/me", 303)


@page.get("/language/<language>")
@public
def change_language(language: str) -> flask.typing.ResponseReturnValue:
    """The switch on the sign-in page; changes nothing but what this browser reads."""
    response = flask.make_response(flask.redirect("/login", 303))
    if language in i18n.LANGUAGES:
        _keep(response, i18n.LANGUAGE_COOKIE, language)
    return response


def _keep(response: flask.Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR, secure=flask.request.is_secure, httponly=True, samesite="Lax")
