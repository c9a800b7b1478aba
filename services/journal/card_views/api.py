"""The log of access to personal cards, for the director."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import flask
import marshmallow as ma
from marshmallow import validate
from sqlalchemy.orm import Session

from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint, Integer, Schema
from services.common.downloads import BINARY, CSV, download
from services.common.paging import DEFAULT_LIMIT, MOST, page_of
from services.common.problems import wrong
from services.journal.card_views.models import CardView
from services.journal.card_views.queries import Asked, card_views
from services.journal.card_views.rules import table
from services.journal.fields import Day
from services.journal.people.queries import names_of
from services.journal.policy import Permission
from services.journal.relations.access import require
from services.journal.schools.queries import school_of, school_today

blp = Blueprint("card_views", __name__, url_prefix="/api/journal/v1", description="Who looked at whose card.")

MOST_ROWS = 50_000
_DAYS = dt.timedelta(days=30)


class ExportQuery(Schema):
    from_ = Day(data_key="from", load_default=None)
    to = Day(load_default=None)
    viewer = ma.fields.UUID(load_default=None)
    person = ma.fields.UUID(load_default=None)


class CardViewsQuery(ExportQuery):
    cursor = ma.fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class CardViewOut(Schema):
    id = ma.fields.UUID()
    at = ma.fields.AwareDateTime()
    viewer_id = ma.fields.UUID()
    viewer = ma.fields.String()
    person_id = ma.fields.UUID()
    person = ma.fields.String()


class CardViewsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(CardViewOut))
    next = ma.fields.UUID(allow_none=True)


@blp.route("/card-views", methods=["GET"])
@blp.arguments(CardViewsQuery, location="query")
@blp.response(200, CardViewsOut)
@requires(Permission.CARD_VIEWS_READ)
def list_views(asked: dict[str, Any]) -> dict[str, Any]:
    """The latest first; of the last thirty days unless told."""
    require(viewer(), Permission.CARD_VIEWS_READ)
    with read() as session:
        zone = school_of(session).zone
        rows = card_views(session, _asked(session, asked), zone, asked["limit"] + 1, asked["cursor"])
        page = page_of(rows, asked["limit"], lambda one: one.id)
        names = _names(session, page.items)
    return {"items": [_shown(one, names) for one in page.items], "next": page.next}


@blp.route("/card-views/export", methods=["GET"])
@blp.arguments(ExportQuery, location="query")
@blp.response(200, BINARY, content_type=CSV)
@requires(Permission.CARD_VIEWS_READ)
def export(asked: dict[str, Any]) -> flask.Response:
    """The same as a table for Excel, by the school's clock."""
    require(viewer(), Permission.CARD_VIEWS_READ)
    with read() as session:
        zone = school_of(session).zone
        rows = card_views(session, _asked(session, asked), zone, MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise wrong("/from", f"More than {MOST_ROWS} rows: name a shorter time.", "too-many")
        names = _names(session, rows)
    here = ZoneInfo(zone)
    lines = (
        (f"{one.at.astimezone(here):%d.%m.%Y %H:%M:%S}", names.get(one.viewer_id, ""), names.get(one.person_id, ""))
        for one in rows
    )
    return download(table(("Когда", "Кто смотрел", "Чью карточку"), lines), CSV, "card-views.csv")


def _asked(session: Session, given: dict[str, Any]) -> Asked:
    last = given["to"] or school_today(session)
    first = given["from_"] or last - _DAYS
    if first > last:
        raise wrong("/to", "It ends before it begins.")
    return Asked(first, last, given["viewer"], given["person"])


def _names(session: Session, rows: Sequence[CardView]) -> dict[uuid.UUID, str]:
    return names_of(session, {one for row in rows for one in (row.viewer_id, row.person_id)})


def _shown(one: CardView, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at,
        "viewer_id": one.viewer_id,
        "viewer": names.get(one.viewer_id, ""),
        "person_id": one.person_id,
        "person": names.get(one.person_id, ""),
    }
