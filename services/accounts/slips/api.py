"""Slips for the first sign-in: new codes, answered as a document instead of as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import flask

from services.accounts.credentials.api import access_people, refuse_without_office
from services.accounts.credentials.commands import issue_codes
from services.accounts.credentials.schemas import IssueIn
from services.accounts.edge import accounts
from services.accounts.people import fetch_unknown
from services.accounts.policy import Permission
from services.accounts.register.models import Person
from services.accounts.register.queries import Place, names_of_pupils, places, school_by_id
from services.accounts.sessions.door import require_confirmed
from services.accounts.slips.pdf import Slip, render
from services.common.app import requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in

blp = Blueprint("slips", __name__, url_prefix="/api/accounts/v1")

PDF = "application/pdf"


@blp.route("/credentials/slips", methods=["POST"])
@blp.arguments(IssueIn)
@blp.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
@requires(Permission.CREDENTIALS_ISSUE)
def slips(given: dict[str, Any]) -> flask.Response:
    """Each call makes new codes and ends the earlier ones: there is no second copy of a slip. A class's families come
    pupil by pupil, the pupil first."""
    refuse_without_office()
    require_confirmed()
    wanted = list(dict.fromkeys(given["person_ids"]))
    fetch_unknown(accounts(), viewer().school_id, wanted)
    moment = now()
    with transaction() as session:
        people = access_people(session, wanted)
        school = school_by_id(session, viewer().school_id)
        found = places(session, today_in(school.zone, moment))
        names = names_of_pupils(session, [place for person_id in wanted for place in found.get(person_id, [])])
        codes = {code.person_id: code for code in issue_codes(session, school.id, wanted, moment)}
        zone = ZoneInfo(school.zone)
        made = []
        for person_id in sorted(wanted, key=lambda one: _order(people[one], found.get(one, []), names)):
            code, where = codes[person_id], found.get(person_id, [])
            guards = [place for place in where if place.student_id != person_id]
            about = _about(people[person_id], where, names)
            until = code.expires_at.astimezone(zone).date()
            made.append(Slip(people[person_id].name, about, code.login, code.code, until, bool(guards)))
        school_name = school.name
    address = f"{accounts().settings.public_url}/activate"
    response = flask.Response(render(made, school_name, address, moment.astimezone(zone)), mimetype=PDF)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = 'attachment; filename="slips.pdf"'
    return response


def _order(person: Person, where: Sequence[Place], names: dict[uuid.UUID, str]) -> tuple[object, ...]:
    if not where:
        return "", "", False, person.name
    place = where[0]
    return place.class_name, names.get(place.student_id, ""), place.student_id != person.id, person.name


def _about(person: Person, where: Sequence[Place], names: dict[uuid.UUID, str]) -> str:
    """Who that is in the school, as the slip says it."""
    own = next((place.class_name for place in where if place.student_id == person.id), None)
    if own is not None:
        return f"Ученик, {own}"
    if where:
        return "Родитель: " + "; ".join(f"{names.get(one.student_id, '')}, {one.class_name}" for one in where)
    return "Сотрудник" if "staff" in person.kinds else ""
