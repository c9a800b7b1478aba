"""The password once more, before what may not be done at a forgotten screen; then the form goes on as it was."""

from __future__ import annotations

import flask
from flask_babel import gettext as _

from services.web.clients import ApiError
from services.web.person import asker, backend, person

CODE = "confirm-password"
FIELD = "confirm-password"


def confirm_first() -> flask.Response | None:
    """Shows the password that came with a form to accounts; the page again when it was wrong."""
    if flask.request.method != "POST" or FIELD not in flask.request.form:
        return None
    password = flask.request.form[FIELD]
    try:
        backend().ask(asker(), "accounts", "POST", "/sessions/current/confirm", body={"password": password})
    except ApiError as error:
        if error.status == 429:
            return confirm_page(_("Слишком много попыток. Подождите немного."), 429)
        if error.status not in (403, 422):
            raise
        return confirm_page(_("Пароль не подошёл."), 403)
    return None


def confirm_page(wrong: str = "", status: int = 200) -> flask.Response:
    """Asks for the password and carries the form's fields along."""
    fields = [(name, value) for name, value in flask.request.form.items(multi=True) if name != FIELD]
    person()
    body = flask.render_template("templates/confirm.html", fields=fields, errors={FIELD: wrong} if wrong else {})
    return flask.make_response(body, status)
