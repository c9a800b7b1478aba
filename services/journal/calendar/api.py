"""Routes of school years and periods."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Integer, Schema, Text
from services.journal.calendar import queries
from services.journal.calendar.models import Period
from services.journal.fields import collection
from services.journal.period_marks.commands import close_period, reopen_period
from services.journal.policy import Permission
from services.journal.relations.access import require

blp = Blueprint("calendar", __name__, url_prefix="/api/journal/v1", description="School years and periods.")


class Year(Schema):
    id = ma.fields.UUID()
    starts_on = ma.fields.Date()
    ends_on = ma.fields.Date()


class PeriodSchema(Schema):
    id = ma.fields.UUID()
    year_id = ma.fields.UUID()
    kind = ma.fields.String()
    ordinal = ma.fields.Integer()
    title = ma.fields.String()
    grade_from = ma.fields.Integer()
    grade_to = ma.fields.Integer()
    starts_on = ma.fields.Date()
    ends_on = ma.fields.Date()
    closed_at = ma.fields.AwareDateTime(allow_none=True)


class PeriodQuery(Schema):
    year = ma.fields.UUID(load_default=None)
    grade = Integer(load_default=None, validate=ma.validate.Range(1, 11))


class Reopening(Schema):
    reason = Text(300, required=True)


Years = collection(Year, "Year")
Periods = collection(PeriodSchema, "Period")


def period_answer(period: Period) -> dict[str, Any]:
    names = ("id", "year_id", "kind", "ordinal", "grade_from", "grade_to", "starts_on", "ends_on", "closed_at")
    return {name: getattr(period, name) for name in names} | {"title": queries.period_title(period)}


@blp.route("/years", methods=["GET"])
@blp.response(200, Years)
@requires(Permission.SETUP_READ)
def list_years() -> dict[str, Any]:
    """School years, the latest first."""
    with read() as session:
        return {"items": queries.years(session), "next": None}


@blp.route("/periods", methods=["GET"])
@blp.arguments(PeriodQuery, location="query")
@blp.response(200, Periods)
@requires(Permission.SETUP_READ)
def list_periods(asked: dict[str, Any]) -> dict[str, Any]:
    """Quarters and half-years."""
    with read() as session:
        found = queries.periods(session, asked["year"], asked["grade"])
        return {"items": [period_answer(period) for period in found], "next": None}


@blp.route("/periods/<uuid:period_id>/close", methods=["POST"])
@blp.response(200, PeriodSchema)
@requires(Permission.PERIOD_CLOSE)
def close(period_id: uuid.UUID) -> dict[str, Any]:
    """From now on nothing of the period can be edited."""
    require(viewer(), Permission.PERIOD_CLOSE)
    with transaction() as session:
        return period_answer(close_period(session, queries.period_by_id(session, period_id)))


@blp.route("/periods/<uuid:period_id>/reopen", methods=["POST"])
@blp.arguments(Reopening)
@blp.response(200, PeriodSchema)
@requires(Permission.PERIOD_CLOSE)
def reopen(given: dict[str, Any], period_id: uuid.UUID) -> dict[str, Any]:
    """Opens a closed period again; the reason goes into the change log."""
    require(viewer(), Permission.PERIOD_CLOSE)
    with transaction(reason=given["reason"]) as session:
        return period_answer(reopen_period(session, queries.period_by_id(session, period_id)))
