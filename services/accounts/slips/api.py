"""Slips for the first sign-in: new codes, answered as a document instead of as JSON."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import flask
from sqlalchemy.orm import Session

from services.accounts.credentials.api import access_people, may_be_let_in, refuse_without_office
from services.accounts.credentials.commands import issue_codes
from services.accounts.edge import accounts
from services.accounts.people import fetch_unknown
from services.accounts.policy import Permission
from services.accounts.register.models import Person, School
from services.accounts.register.queries import Place, class_exists, names_of_pupils, places, school_by_id
from services.accounts.sessions.door import require_confirmed
from services.accounts.slips.pdf import Slip, render
from services.accounts.slips.queries import people_without_slip
from services.accounts.slips.schemas import SlipsIn
from services.common.app import requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.downloads import BINARY, PDF, download
from services.common.problems import ConflictError, NotFoundError, wrong

blp = Blueprint("slips", __name__, url_prefix="/api/accounts/v1")

MOST_SLIPS = 4000
"""As many as are laid out in a minute, which is as long as anybody in between waits for an answer."""


@blp.route("/credentials/slips", methods=["POST"])
@blp.arguments(SlipsIn)
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.CREDENTIALS_ISSUE)
def slips(given: dict[str, Any]) -> flask.Response:
    """Each call makes new codes and ends the earlier ones: there is no second copy of a slip. Classes come one after
    another, their families pupil by pupil, the pupil first."""
    if len(given) != 1:
        raise wrong("/person_ids", "Name people, or a class, or a kind: one of the three.", "one-of-three")
    refuse_without_office(family=given.get("among", "") in ("", "families"))
    require_confirmed()
    named = list(dict.fromkeys(given.get("person_ids", ())))
    fetch_unknown(accounts(), viewer().school_id, named)
    moment = now()
    with transaction() as session:
        school = school_by_id(session, viewer().school_id)
        found = places(session, today_in(school.zone, moment))
        wanted = named or _listed(session, school, found, given, moment)
        people = access_people(session, wanted)
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
    return download(render(made, school_name, address, moment.astimezone(zone)), PDF, "slips.pdf")


def _listed(
    session: Session,
    school: School,
    found: Mapping[uuid.UUID, Sequence[Place]],
    given: Mapping[str, Any],
    moment: dt.datetime,
) -> list[uuid.UUID]:
    """Of a class or a kind, those whom the viewer may let in and who wait for a slip."""
    class_id = given.get("class_id")
    if class_id is not None and not class_exists(session, class_id):
        raise NotFoundError
    waiting = people_without_slip(session, school, found, class_id, given.get("among"), moment)
    wanted = sorted(may_be_let_in(session, waiting))
    if not wanted:
        raise ConflictError("Nobody of these waits for a slip.", code="nobody-waits")
    if len(wanted) > MOST_SLIPS:
        raise wrong("/among", f"More than {MOST_SLIPS} people: print class by class.", "too-many")
    return wanted


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
