"""Which of one's schools this browser is in: chosen after sign-in, changed without another."""

from __future__ import annotations

import flask
from flask_babel import gettext as _

from services.web import forms, security
from services.web.clients import ApiError
from services.web.person import ask, forget_rights, person, signed_in

page = flask.Blueprint("schools", __name__)


@page.get("/schools")
@signed_in
def choose() -> flask.typing.ResponseReturnValue:
    if len(person().schools) < 2:
        return flask.redirect("/", 303)
    return _page({})


@page.post("/schools")
@signed_in
def change() -> flask.typing.ResponseReturnValue:
    """The token of the former school ends; the new one is kept as long as that was."""
    school = forms.text("school")
    if school == person().school_id:
        return flask.redirect("/", 303)
    if not forms.is_id(school):
        return _page({"": _("Выберите школу.")}, 422)
    open_here = ask("accounts", "GET", "/sessions")["items"]
    trusted = any(one["current"] and one["trusted"] for one in open_here)
    try:
        session = ask("accounts", "PATCH", "/sessions/current", body={"school": school})
    except ApiError as error:
        if error.status != 404:
            raise
        return _page({"": _("В этой школе вас больше нет.")}, 404)
    forget_rights()
    response = flask.make_response(flask.redirect("/", 303))
    security.keep_session(response, session["token"], trusted)
    return response


def _page(errors: forms.Errors, status: int = 200) -> flask.Response:
    body = flask.render_template("pages/schools/page.html", section="schools", errors=errors)
    return flask.make_response(body, status)
