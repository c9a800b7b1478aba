"""A forgotten password: the wish goes to the school, and the answer is the same whoever exists."""

from __future__ import annotations

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.person import ask, public

page = flask.Blueprint("forgotten", __name__)


@page.get("/forgotten")
@public
def forgotten() -> flask.typing.ResponseReturnValue:
    return _shown({})


@page.post("/forgotten")
@public
def ask_for_code() -> flask.typing.ResponseReturnValue:
    login = forms.text("login")
    if not login:
        return _shown({"": _("Введите логин.")}, status=422)
    try:
        ask("accounts", "POST", "/passwords/reset", body={"login": login[:100]})
    except ApiError as error:
        if error.status not in (422, 429):
            raise
        return _shown(
            {"": forms.too_many(error) if error.status == 429 else _("Введите логин.")}, status=error.status
        )
    return _shown({}, asked=True)


def _shown(errors: forms.Errors, *, asked: bool = False, status: int = 200) -> flask.Response:
    body = flask.render_template("pages/signin/forgotten.html", errors=errors, asked=asked)
    return flask.make_response(body, status)
