"""Routes of the roll of a lesson and of excuses."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import flask
import marshmallow as ma
from marshmallow import validate
from sqlalchemy.orm import Session

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Boolean, Integer, Schema
from services.common.openapi import IF_MATCH
from services.common.policy import allows
from services.common.problems import Contradiction, ForbiddenError, PreconditionRequiredError, StaleError
from services.journal.attendance import commands, queries
from services.journal.attendance.models import Excuse
from services.journal.fields import Day, collection
from services.journal.lessons.models import Lesson
from services.journal.people.queries import known_person
from services.journal.policy import POLICY, Permission, sees_illness
from services.journal.relations.access import access_lesson, access_person, access_pupil
from services.journal.schools.queries import school_today

blp = Blueprint("attendance", __name__, url_prefix="/api/journal/v1", description="Who was not there, and why.")


class EntrySchema(Schema):
    student_id = ma.fields.UUID(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(("absent", "late", "exempt")))
    minutes_late = Integer(load_default=None, allow_none=True, validate=validate.Range(1, 90))

    @ma.validates_schema
    def minutes_of_late_ones(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("minutes_late") is not None and data.get("status") != "late":
            raise ma.ValidationError(Contradiction("Only who is late has minutes."), "minutes_late")


class RollSchema(Schema):
    checked = Boolean(required=True, validate=validate.Equal(True))
    entries = ma.fields.List(ma.fields.Nested(EntrySchema), required=True, validate=validate.Length(max=200))

    @ma.validates_schema
    def nobody_twice(self, data: dict[str, Any], **_: Any) -> None:
        students = [entry["student_id"] for entry in data.get("entries", [])]
        if len(set(students)) < len(students):
            raise ma.ValidationError(Contradiction("A pupil is named twice."), "entries")


class RollAnswer(Schema):
    lesson_id = ma.fields.UUID()
    checked = ma.fields.Boolean()
    checked_at = ma.fields.AwareDateTime(allow_none=True)
    entries = ma.fields.List(ma.fields.Nested(EntrySchema))


class NewExcuse(Schema):
    id = ma.fields.UUID(load_default=None)
    student_id = ma.fields.UUID(required=True)
    from_ = Day(data_key="from", required=True)
    to = Day(required=True)
    reason = ma.fields.String(required=True, validate=validate.OneOf(("ill", "valid", "invalid")))

    @ma.validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["to"] <= data["from_"]:
            raise ma.ValidationError(Contradiction("Ends before it begins; `to` is the first day back."), "to")


class ExcuseSchema(Schema):
    id = ma.fields.UUID()
    student_id = ma.fields.UUID()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date()
    reason = ma.fields.String()


class ExcuseQuery(Schema):
    student = ma.fields.UUID(required=True)


def excuse_answer(row: Excuse, ill: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "student_id": row.student_id,
        "from_": row.from_day,
        "to": row.to_day,
        "reason": row.reason if ill or row.reason != "ill" else "valid",
    }


@blp.route("/lessons/<uuid:lesson_id>/attendance", methods=["GET"])
@blp.response(200, RollAnswer)
@requires(Permission.JOURNAL_PAGE_READ)
def get_roll(lesson_id: uuid.UUID) -> Any:
    """Who was not simply present; the ETag is what a PUT must show."""
    with read() as session:
        lesson, _ = access_lesson(session, viewer(), lesson_id, Permission.JOURNAL_PAGE_READ, school_today(session))
        return _roll_answer(session, lesson)


@blp.route("/lessons/<uuid:lesson_id>/attendance", methods=["PUT"])
@blp.doc(
    parameters=[
        IF_MATCH | {"in": "header", "name": "If-Match"},
        {"in": "header", "name": "If-None-Match", "schema": {"enum": ["*"]}, "description": "The first time."},
    ]
)
@blp.alt_response(412)
@blp.alt_response(428)
@blp.arguments(RollSchema)
@blp.response(200, RollAnswer)
@requires(Permission.MARK_SET)
def put_roll(given: dict[str, Any], lesson_id: uuid.UUID) -> Any:
    """The whole class in one call: who is not named was there."""
    entries = {
        entry["student_id"]: commands.Entry(entry["status"], entry["minutes_late"]) for entry in given["entries"]
    }
    with transaction() as session:
        today = school_today(session)
        lesson, access = access_lesson(session, viewer(), lesson_id, Permission.MARK_SET, today)
        commands.call_roll(session, access, lesson, viewer().person_id, entries, today, _check_version)
        return _roll_answer(session, lesson)


def _roll_answer(session: Session, lesson: Lesson) -> tuple[queries.Roll, int, dict[str, str]]:
    found = queries.roll(session, lesson)
    headers = {"ETag": f'"{found.version}"'} if found.version else {}
    return found, 200, headers


def _check_version(version: str | None) -> None:
    """Nobody erases what a colleague typed: the caller shows what it has read."""
    request = flask.request
    if request.if_match:
        if version is None or version not in request.if_match:
            raise StaleError
    elif request.if_none_match.star_tag:
        if version is not None:
            raise StaleError
    else:
        raise PreconditionRequiredError("Send If-Match with the ETag you read, or If-None-Match: * the first time.")


@blp.route("/excuses", methods=["GET"])
@blp.arguments(ExcuseQuery, location="query")
@blp.response(200, collection(ExcuseSchema, "Excuse"))
@requires(Permission.EXCUSES_READ)
def list_excuses(asked: dict[str, Any]) -> dict[str, Any]:
    """Excuses of a pupil; illness is shown to those who may know of it."""
    with read() as session:
        access = access_pupil(session, viewer(), asked["student"], Permission.EXCUSES_READ, school_today(session))
        ill = sees_illness(viewer(), access.facts)
        rows = queries.excuses(session, asked["student"])
        return {"items": [excuse_answer(row, ill) for row in rows], "next": None}


@blp.route("/excuses", methods=["POST"])
@blp.arguments(NewExcuse)
@blp.response(201, ExcuseSchema)
@requires(Permission.EXCUSE_SET)
def add_excuse(new: dict[str, Any]) -> dict[str, Any]:
    """Why a pupil is away, from a day until before another.

    Written by the class teacher; an illness by the medic, too, any other ground by the secretary.
    """
    with transaction() as session:
        access = access_person(session, viewer(), new["student_id"], Permission.PEOPLE_READ, school_today(session))
        facts = replace(access.facts, of_illness=new["reason"] == "ill")
        if not allows(POLICY, Permission.EXCUSE_SET, viewer(), facts):
            raise ForbiddenError
        known_person(session, new["student_id"], "student", "/student_id")
        row = commands.excuse(
            session, new["student_id"], new["from_"], new["to"], new["reason"], viewer().person_id, new["id"]
        )
        return excuse_answer(row, True)
