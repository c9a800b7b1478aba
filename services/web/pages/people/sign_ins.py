"""What happened at somebody's door, for an administrator; and the way in for who lost the telephone."""

from __future__ import annotations

import uuid

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.clients import ApiError
from services.web.pages.account.sign_ins import entries, paging
from services.web.pages.people.views import full_name
from services.web.person import allowed, ask, person

page = flask.Blueprint("people_sign_ins", __name__)


@page.get("/people/<uuid:person_id>/sign-ins")
@allowed("SIGN_INS_READ")
def of_person(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _shown(person_id, {})


@page.post("/people/<uuid:person_id>/second-factor/end")
@allowed("SECOND_FACTOR_END")
def end_factor(person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    try:
        ask("accounts", "POST", f"/people/{person_id}/second-factor/end", body={})
    except ApiError as error:
        sentences = {"no-factor": _("У этого человека второй шаг не настроен.")}
        return _shown(person_id, forms.refusal(error, sentences), error.status)
    return flask.redirect(f"/people/{person_id}/sign-ins?ended=1", 303)


def _shown(person_id: uuid.UUID, errors: forms.Errors, status: int = 200) -> flask.Response:
    one = ask("journal", "GET", f"/people/{person_id}")
    found = ask("accounts", "GET", f"/people/{person_id}/sign-ins", params=paging())
    body = flask.render_template(
        "pages/account/sign_ins.html",
        section="people",
        heading=_("Как входит в журнал: %(name)s", name=full_name(one)),
        rows=entries(found["items"]),
        following=found["next"],
        back=(f"/people/{person_id}", _("К карточке")),
        here=f"/people/{person_id}/sign-ins",
        may_end=f"/people/{person_id}/second-factor/end" if person().may("SECOND_FACTOR_END") else None,
        errors=errors,
        done=_("Второй шаг выключен.") if flask.request.args.get("ended") else "",
    )
    return flask.make_response(body, status)
