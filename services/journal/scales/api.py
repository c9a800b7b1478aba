"""Routes of scales and work types."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.common.app import read, requires
from services.common.arguments import Blueprint, Schema
from services.journal.fields import collection
from services.journal.policy import Permission
from services.journal.scales import queries

blp = Blueprint("scales", __name__, url_prefix="/api/journal/v1", description="Systems of marks.")


class ScaleSchema(Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    title = ma.fields.String()
    symbols = ma.fields.List(ma.fields.String())


class WorkTypeSchema(Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    title = ma.fields.String()
    short_title = ma.fields.String()
    weight = ma.fields.Decimal(as_string=True)


@blp.route("/scales", methods=["GET"])
@blp.response(200, collection(ScaleSchema, "Scale"))
@requires(Permission.SETUP_READ)
def list_scales() -> dict[str, Any]:
    """Scales with their symbols, best first."""
    with read() as session:
        symbols = queries.symbols_by_scale(session)
        items = [
            {"id": s.id, "code": s.code, "title": s.title, "symbols": symbols.get(s.id, [])}
            for s in queries.scales(session)
        ]
        return {"items": items, "next": None}


@blp.route("/work-types", methods=["GET"])
@blp.response(200, collection(WorkTypeSchema, "WorkType"))
@requires(Permission.SETUP_READ)
def list_work_types() -> dict[str, Any]:
    """Kinds of work with their weights."""
    with read() as session:
        return {"items": queries.work_types(session), "next": None}
