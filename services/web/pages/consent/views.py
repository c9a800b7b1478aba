"""A guardian's decisions: undecided first, yes and no of equal weight, nobody else's shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flask
from flask_babel import gettext as _

from services.web import forms
from services.web.person import Child, ask, forget_rights, person, signed_in

page = flask.Blueprint("consent", __name__)


@dataclass(frozen=True)
class Purpose:
    """What is asked, in plain words."""

    code: str
    title: str
    text: str
    otherwise: str


@page.get("/consent")
@signed_in
def consent() -> flask.typing.ResponseReturnValue:
    viewer = person()
    if not viewer.children:
        flask.abort(404)
    wanted = flask.request.args.get("child")
    child = next((one for one in viewer.children if one.id == wanted), viewer.children[0])
    mine = ask("accounts", "GET", "/me")["children"]
    standing = {one["student_id"]: one["consents"] for one in mine}
    states = standing.get(child.id, {})
    asked = purposes(child)
    return flask.render_template(
        "pages/consent/page.html",
        section="consent",
        child=child,
        undecided=[one for one in asked if _undecided(states.get(one.code))],
        decided=[one for one in asked if not _undecided(states.get(one.code))],
        states=states,
        open_by_child={
            one.id: sum(_undecided(state) for state in standing.get(one.id, {}).values()) for one in viewer.children
        },
    )


@page.post("/consent")
@signed_in
def decide() -> flask.typing.ResponseReturnValue:
    viewer = person()
    child, decision = forms.text("child"), forms.text("decision")
    if child not in {one.id for one in viewer.children} or decision not in ("given", "refused", "withdraw"):
        flask.abort(400)
    if decision == "withdraw":
        if not forms.is_id(forms.text("consent")):
            flask.abort(400)
        ask("accounts", "POST", f"/consents/{forms.text('consent')}/withdraw", body={})
    else:
        ask(
            "accounts",
            "POST",
            "/consents",
            body={
                "student_id": child,
                "guardian_id": viewer.id,
                "purpose": forms.text("purpose"),
                "decision": decision,
            },
        )
    forget_rights()
    return flask.redirect(f"/consent?child={child}", 303)


def _undecided(state: Any) -> bool:
    return state is None or state["state"] not in ("given", "refused")


def purposes(child: Child) -> list[Purpose]:
    """The purposes of the product, with what a refusal means."""
    return [
        Purpose(
            "diary",
            _("Электронный дневник"),
            _("Школа показывает вам отметки и посещаемость ребёнка (%(name)s).", name=child.first_name),
            _("Если не согласитесь, сведения выдают на бумаге по вашему заявлению."),
        ),
        Purpose(
            "mail",
            _("Письма о событиях"),
            _("На вашу почту приходят письма о новых отметках и пропусках."),
            _("Если не согласитесь, писем не будет; дневник от этого не зависит."),
        ),
        Purpose(
            "photo",
            _("Фотографии на сайте школы"),
            _("Снимки с уроков и праздников, без фамилии. Согласие на распространение."),
            _("Если не согласитесь, снимки с ребёнком не публикуют."),
        ),
        Purpose(
            "third_parties",
            _("Участие в олимпиадах"),
            _("Школа передаёт организаторам фамилию, имя, класс и результат."),
            _("Если не согласитесь, ребёнок учится как обычно, но на олимпиаду школа его не заявит."),
        ),
    ]
