"""The register as a whole: counts by class, families on paper, and what is printed of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import flask
from sqlalchemy.orm import Session

from services.accounts.consent_register import prints
from services.accounts.consent_register.prints import Extent
from services.accounts.consent_register.queries import ClassCounts, counts_by_class, withdrawn_since
from services.accounts.consent_register.rules import class_order, since
from services.accounts.consent_register.schemas import ConsentSummaryOut, OwedQuery, OwedsOut, PrintIn
from services.accounts.consent_register.tables import Table, render_pdf, render_xlsx
from services.accounts.consents.access import access_register
from services.accounts.consents.register import MOST_OF_A_CLASS
from services.accounts.edge import relations_of_viewer
from services.accounts.policy import POLICY, ConsentFacts, Permission
from services.accounts.register.models import School
from services.accounts.register.queries import ClassMember, class_members, members_of_classes, school_by_id
from services.accounts.relations import Relations, needs_leads
from services.accounts.sessions.door import require_confirmed
from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.downloads import BINARY, PDF, XLSX, download
from services.common.policy import allows
from services.common.problems import ForbiddenError, wrong

blp = Blueprint("consent_register", __name__, url_prefix="/api/accounts/v1")

_MONTH = dt.timedelta(days=30)


@blp.route("/consents/summary", methods=["GET"])
@blp.response(200, ConsentSummaryOut)
@requires(Permission.CONSENTS_REGISTER)
def summary() -> dict[str, Any]:
    """Classes that the viewer may see, each purpose counted by those who decide about it."""
    relations = _relations()
    with read() as session:
        zone = school_by_id(session, viewer().school_id).zone
        today = today_in(zone, now())
        found = _visible(session, relations, today)
        month = today.replace(day=1)
        withdrawn = withdrawn_since(session, month, zone, [one.class_id for one in found], today)
    return {"classes": found, "withdrawn_this_month": withdrawn}


@blp.route("/consents/owed", methods=["GET"])
@blp.arguments(OwedQuery, location="query")
@blp.response(200, OwedsOut)
@requires(Permission.CONSENTS_REGISTER)
def owed(asked: dict[str, Any]) -> dict[str, Any]:
    """Guardians of a class who do not read the diary, whatever the reason: they get it on paper."""
    relations = _relations()
    with read() as session:
        access_register(session, viewer(), relations, asked["class_"])
        zone = school_by_id(session, viewer().school_id).zone
        today = today_in(zone, now())
        members = class_members(session, asked["class_"], today, None, MOST_OF_A_CLASS)
        found = prints.owed_lines(session, [member.student_id for member in members], today)
    days = [one["withdrawn_at"] and one["withdrawn_at"].astimezone(ZoneInfo(zone)).date() for one in found]
    return {"items": [one | {"since": since(one, day)} for one, day in zip(found, days, strict=True)], "next": None}


@blp.route("/consents/print", methods=["POST"])
@blp.arguments(PrintIn)
@blp.response(200, BINARY, content_type=XLSX)
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.CONSENTS_REGISTER)
def print_out(given: dict[str, Any]) -> flask.Response:
    """The register, its changes in some days (the last thirty if none are named), or the families on paper: of a
    class, or of all that the viewer may see. What leaves the register asks for the password first."""
    relations = _relations()
    if given["what"] != "owed":
        require_confirmed()
    moment, as_xlsx = now(), given["format"] == "xlsx"
    with read() as session:
        school = school_by_id(session, viewer().school_id)
        extent = _extent(session, relations, school, given["class_id"], today_in(school.zone, moment))
        table = _table(session, extent, given, as_xlsx=as_xlsx)
    local = moment.astimezone(ZoneInfo(school.zone))
    content = render_xlsx(table, local) if as_xlsx else render_pdf(table, local)
    return download(content, XLSX if as_xlsx else PDF, f"consents-{given['what']}.{given['format']}")


def _table(session: Session, extent: Extent, given: dict[str, Any], *, as_xlsx: bool) -> Table:
    if given["what"] == "owed":
        return prints.owed(session, extent)
    if given["what"] == "register":
        make = prints.register_to_work_with if as_xlsx else prints.register_to_read
        return make(session, extent)
    last: dt.date = given["last"] or extent.today
    first: dt.date = given["first"] or last - _MONTH
    if first > last:
        raise wrong("/first", "It begins after its end.")
    return prints.changes_of(session, extent, first, last)


def _extent(session: Session, relations: Relations, school: School, class_id: Any, today: dt.date) -> Extent:
    members: list[ClassMember]
    if class_id is not None:
        access_register(session, viewer(), relations, class_id)
        members = class_members(session, class_id, today, None, MOST_OF_A_CLASS)
        words = f"{members[0].class_name} класс" if members else "в классе никого нет"
    else:
        classes = _visible(session, relations, today)
        members = members_of_classes(session, [one.class_id for one in classes], today)
        words = "Классы: " + ", ".join(one.class_name for one in classes)
    return Extent(school, members, words, today)


def _visible(session: Session, relations: Relations, today: dt.date) -> list[ClassCounts]:
    """Raises ForbiddenError for who may see no class at all."""

    def sees(class_id: uuid.UUID | None) -> bool:
        return allows(POLICY, Permission.CONSENTS_REGISTER, viewer(), ConsentFacts(class_id, relations.leads))

    if not any(map(sees, [None, *relations.leads, *viewer().scope])):
        raise ForbiddenError
    found = [one for one in counts_by_class(session, today).values() if sees(one.class_id)]
    return sorted(found, key=lambda one: (class_order(one.class_name), one.class_id))


def _relations() -> Relations:
    """Journal is asked for nobody who leads no class."""
    return relations_of_viewer() if needs_leads(viewer()) else Relations()
