"""The journal page: one read, one write."""

from __future__ import annotations

import uuid
from typing import Any

import flask
import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.app import json_bytes, read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.journal.calendar.queries import periods_of
from services.journal.calendar.rules import holding
from services.journal.fields import Window
from services.journal.marks import commands, schemas
from services.journal.marks.page import averages_of, journal_page, page_version, window_of
from services.journal.marks.rules import Wish
from services.journal.people.models import Person
from services.journal.people.rules import short_name
from services.journal.policy import Permission
from services.journal.relations.access import CourseAccess, access_course
from services.journal.schools.queries import school_today

blp = Blueprint("marks", __name__, url_prefix="/api/journal/v1", description="The journal page.")


@blp.route("/courses/<uuid:course_id>/page", methods=["GET"])
@blp.arguments(Window, location="query")
@blp.response(200, schemas.JournalPage)
@requires(Permission.JOURNAL_PAGE_READ)
def get_page(asked: dict[str, Any], course_id: uuid.UUID) -> flask.Response:
    """Pupils, lessons, columns, filled cells and averages of the days asked for; 304 when nothing changed."""
    with read() as session:
        today = school_today(session)
        access = access_course(session, viewer(), course_id, Permission.JOURNAL_PAGE_READ, today)
        known = periods_of(session, access.course.year_id, access.school_class.grade_level)
        window = window_of(known, asked["from_"], asked["to"], today)
        version = page_version(access, viewer(), window, today)
        if version in flask.request.if_none_match:
            response = flask.Response(status=304)
        else:
            page = journal_page(session, access, viewer(), window, today)
            response = json_bytes(orjson.dumps(page))
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blp.route("/courses/<uuid:course_id>/page", methods=["PATCH"])
@blp.arguments(schemas.PageChange)
@blp.response(200, schemas.PageAnswer)
@requires(Permission.MARK_SET)
def change_page(change: dict[str, Any], course_id: uuid.UUID) -> flask.Response:
    """Marks and attendance, cell by cell; what somebody else changed meanwhile comes back as a conflict."""
    author = viewer().person_id
    with transaction() as session:
        today = school_today(session)
        access = access_course(session, viewer(), course_id, Permission.MARK_SET, today)
        wishes = [commands.LineItemWish(**wish) for wish in change["line_items"]]
        operations = [_operation(given) for given in change["operations"]]
        answer = commands.set_cells(session, access, author, wishes, operations, today)
        body = _answer(session, access, answer, today)
    return json_bytes(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS))


def _operation(given: dict[str, Any]) -> commands.Operation:
    fields = frozenset({"symbol", "comment", "made_up"} & set(given))
    return commands.Operation(
        student_id=given["student_id"],
        slot=given["slot"],
        lesson_id=given.get("lesson_id"),
        line_item_id=given.get("line_item_id"),
        line_item_op=given.get("line_item_op"),
        wish=Wish(
            op_id=given["op_id"],
            base_version=given["base_version"],
            symbol=given.get("symbol"),
            comment=given.get("comment") or "",
            made_up=bool(given.get("made_up")),
            fields=fields,
        ),
    )


def _answer(session: Session, access: CourseAccess, answer: commands.Answer, today: Any) -> dict[str, Any]:
    session.flush()
    session.refresh(access.course)
    window = window_of(answer.periods, None, None, today)
    if answer.days:
        period = holding(window.periods, max(answer.days))
        if period is not None:
            window = window_of(answer.periods, period.starts_on, period.ends_on, today)
    names = _names(session, {cell.author_id for _, cell in answer.conflicts if cell.author_id})
    return {
        "applied": answer.applied,
        "conflicts": [
            {
                "op_id": op_id,
                "symbol": cell.symbol,
                "comment": cell.comment,
                "version": cell.version,
                "author": names.get(cell.author_id),
                "at": cell.updated_at,
            }
            for op_id, cell in answer.conflicts
        ],
        "refused": [{"op_id": op_id, "problem": problem} for op_id, problem in answer.refused],
        "line_items": answer.line_items,
        "averages": averages_of(session, access.course.id, answer.touched, window.from_day, window.to_day),
        "version": page_version(access, viewer(), window, today),
    }


def _names(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID | None, str]:
    if not ids:
        return {}
    people = session.scalars(sa.select(Person).where(Person.id.in_(ids)))
    return {p.id: short_name(p.last_name, p.first_name, p.middle_name) for p in people}
