"""The list of duties: to look at, and to print as an appendix to the director's order."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import flask

from services.accounts.duties.pdf import render
from services.accounts.duties.queries import duties_of_day
from services.accounts.duties.rules import Duty, Held
from services.accounts.duties.schemas import DutiesOut, DutiesPrintIn, DutiesQuery
from services.accounts.edge import accounts
from services.accounts.policy import POLICY, Permission, RoleFacts
from services.accounts.register.models import School
from services.accounts.register.queries import school_by_id
from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.downloads import BINARY, PDF, download
from services.common.identity import ServiceSilentError
from services.common.policy import allows
from services.common.problems import ForbiddenError, UnavailableError

blp = Blueprint("duties", __name__, url_prefix="/api/accounts/v1")


@blp.route("/duties", methods=["GET"])
@blp.arguments(DutiesQuery, location="query")
@blp.response(200, DutiesOut)
@requires(Permission.DUTIES_READ)
def duties(asked: dict[str, Any]) -> dict[str, Any]:
    """Who answers for what on a day, today's unless told: the whole school at once."""
    _, day, found = _gathered(asked["on"])
    items = [vars(duty) | {"roles": [_shown(role) for role in duty.roles]} for duty in found]
    return {"on": day, "items": items, "next": None}


@blp.route("/duties/print", methods=["POST"])
@blp.arguments(DutiesPrintIn)
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.DUTIES_READ)
def printed(given: dict[str, Any]) -> flask.Response:
    """The same list as a document, of the order whose number and day are given, or with room for them."""
    school, day, found = _gathered(given["on"])
    moment = now().astimezone(ZoneInfo(school.zone))
    return download(
        render(found, school.name, day, given["order_number"], given["order_date"], moment), PDF, "duties.pdf"
    )


def _shown(role: Held) -> dict[str, Any]:
    return vars(role) | {"may_end": allows(POLICY, Permission.ROLES_EDIT, viewer(), RoleFacts(role.kind))}


def _gathered(on: dt.date | None) -> tuple[School, dt.date, list[Duty]]:
    """Journal is asked between two transactions. Raises ForbiddenError, UnavailableError."""
    if not allows(POLICY, Permission.DUTIES_READ, viewer(), None):
        raise ForbiddenError
    with read() as session:
        school = school_by_id(session, viewer().school_id)
    day = on or today_in(school.zone, now())
    try:
        told = accounts().client.post(
            "journal", "/internal/journal/v1/duties", {"school_id": str(viewer().school_id), "on": str(day)}
        )
    except ServiceSilentError as error:
        raise UnavailableError("The journal does not answer just now.", retry_after=5) from error
    with read() as session:
        return school, day, duties_of_day(session, told, day)
