"""The log of access to personal cards."""

from __future__ import annotations

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.files import passed_on
from services.web.person import allowed, ask, asker, backend

page = flask.Blueprint("card_views", __name__)

_LIMIT = 100


@page.get("/people/views")
@allowed("CARD_VIEWS_READ")
def card_views() -> flask.typing.ResponseReturnValue:
    days, cursor = _days(), flask.request.args.get("cursor")
    asked: dict[str, str | int] = {**days, "limit": _LIMIT}
    if forms.is_id(cursor):
        asked["cursor"] = str(cursor)
    errors: forms.Errors = {}
    try:
        found = ask("journal", "GET", "/card-views", params=asked)
    except ApiError as error:
        errors = forms.refusal(error, {"too-many": _("Это слишком много строк: назовите дни поближе друг к другу.")})
        found = {"items": [], "next": None}
    body = flask.render_template(
        "pages/card_views/page.html",
        section="people",
        items=found["items"],
        following=found["next"],
        days=days,
        errors=errors,
    )
    return flask.make_response(body, 422 if errors else 200)


@page.get("/people/views/file")
@allowed("CARD_VIEWS_READ")
def exported() -> flask.typing.ResponseReturnValue:
    return passed_on(backend().ask(asker(), "journal", "GET", "/card-views/export", params=_days()))


def _days() -> dict[str, str]:
    """The days that the address names, as far as they are days."""
    found = {name: forms.a_date(flask.request.args.get(name)) for name in ("from", "to")}
    return {name: day.isoformat() for name, day in found.items() if day is not None}
