"""The office's calendar: read by the office, kept by the administrator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.accounts.policy import POLICY, Permission
from services.accounts.schemas import SCHOOL_DAY
from services.accounts.working_days.commands import set_day
from services.accounts.working_days.queries import own_days
from services.accounts.working_days.rules import OddDay, is_working, odd_days
from services.accounts.working_days.schemas import OddDayOut, WorkingDayIn, WorkingDaysOut, WorkingDaysQuery
from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError

blp = Blueprint("working_days", __name__, url_prefix="/api/accounts/v1", description="The calendar of the office.")


@blp.route("/working-days", methods=["GET"])
@blp.arguments(WorkingDaysQuery, location="query")
@blp.response(200, WorkingDaysOut)
@requires(Permission.WORKING_DAYS_READ)
def days(asked: dict[str, Any]) -> dict[str, Any]:
    """Of a year, the days that are not what their place in the week says."""
    _require(Permission.WORKING_DAYS_READ)
    with read() as session:
        return {"items": odd_days(asked["year"], own_days(session)), "next": None}


@blp.route("/working-days/<day>", methods=["PUT"])
@blp.arguments(WorkingDayIn)
@blp.response(200, OddDayOut)
@requires(Permission.WORKING_DAYS_EDIT)
def set_working(given: dict[str, Any], day: str) -> OddDay:
    """Says of a day whether the office works; terms that run already keep their last day."""
    _require(Permission.WORKING_DAYS_EDIT)
    said = _day(day)
    with transaction() as session:
        set_day(session, viewer().school_id, said, given["working"], viewer().person_id, now())
        return OddDay(said, is_working(said, own_days(session)), own=True)


def _day(text: str) -> dt.date:
    """Raises NotFoundError for what is no day of a school."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise NotFoundError from None
    if str(day) != text or not SCHOOL_DAY.min <= day <= SCHOOL_DAY.max:
        raise NotFoundError
    return day


def _require(permission: Permission) -> None:
    if not allows(POLICY, permission, viewer(), None):
        raise ForbiddenError
