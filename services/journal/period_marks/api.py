"""Routes of period marks."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
import orjson
import sqlalchemy as sa
from marshmallow import validate
from sqlalchemy.orm import Session

from services.common.app import json_bytes, read, requires, transaction, viewer
from services.common.arguments import Blueprint, Integer, Schema, Text
from services.common.problems import wrong
from services.journal.calendar.models import Period
from services.journal.calendar.queries import period_title
from services.journal.marks.rules import shown_average
from services.journal.people.models import Person
from services.journal.people.rules import short_name
from services.journal.period_marks import commands, queries
from services.journal.period_marks.rules import proposed_mark
from services.journal.policy import Permission
from services.journal.relations.access import CourseAccess, access_course
from services.journal.scales.models import Scale
from services.journal.schools.queries import school_today

blp = Blueprint("period_marks", __name__, url_prefix="/api/journal/v1", description="Marks of a period.")


class PeriodMarkQuery(Schema):
    period = ma.fields.UUID(required=True)


class PeriodOperationSchema(Schema):
    op_id = ma.fields.UUID(required=True)
    student_id = ma.fields.UUID(required=True)
    symbol = ma.fields.String(required=True, allow_none=True, validate=validate.Length(1, 10))
    base_version = Integer(required=True, allow_none=True, validate=validate.Range(0, 2**31 - 1))
    comment = Text(300, empty=True, load_default="")
    reason = ma.fields.String(load_default="", validate=validate.OneOf(("", "valid", "programme")))


class PeriodChange(Schema):
    operations = ma.fields.List(
        ma.fields.Nested(PeriodOperationSchema), required=True, validate=validate.Length(max=200)
    )


class PeriodStudent(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()


class PeriodPage(Schema):
    """`cells`: [student, symbol, version, weighted_average, proposed, marks_count]."""

    period = ma.fields.Dict()
    editable = ma.fields.Boolean()
    students = ma.fields.List(ma.fields.Nested(PeriodStudent))
    cells = ma.fields.List(ma.fields.Raw())


class PeriodAnswer(Schema):
    applied = ma.fields.List(ma.fields.Tuple((ma.fields.UUID(), ma.fields.Integer())))
    conflicts = ma.fields.List(ma.fields.Dict())
    refused = ma.fields.List(ma.fields.Dict())


@blp.route("/courses/<uuid:course_id>/period-marks", methods=["GET"])
@blp.arguments(PeriodMarkQuery, location="query")
@blp.response(200, PeriodPage)
@requires(Permission.JOURNAL_PAGE_READ)
def get_period_marks(asked: dict[str, Any], course_id: uuid.UUID) -> Any:
    """Period marks of the course beside averages and proposals."""
    with read() as session:
        access = access_course(session, viewer(), course_id, Permission.JOURNAL_PAGE_READ, school_today(session))
        period = _period_of(session, access, asked["period"])
        scale = session.scalars(sa.select(Scale.code).where(Scale.id == access.course.scale_id)).one()
        rows = queries.period_rows(session, access.course, period)
        page = {
            "period": {
                "id": period.id,
                "title": period_title(period),
                "starts_on": period.starts_on,
                "ends_on": period.ends_on,
                "closed_at": period.closed_at,
            },
            "editable": access.facts.teaches and period.closed_at is None,
            "students": [
                {"id": r.member.person.id, "name": f"{r.member.person.last_name} {r.member.person.first_name}"}
                for r in rows
            ],
            "cells": [
                [
                    index,
                    row.mark.symbol if row.mark else None,
                    row.mark.version if row.mark else 0,
                    shown_average(row.average),
                    proposed_mark(row.average, scale),
                    row.marks_count,
                ]
                for index, row in enumerate(rows)
            ],
        }
        return json_bytes(orjson.dumps(page))


@blp.route("/courses/<uuid:course_id>/period-marks", methods=["PUT"])
@blp.arguments(PeriodMarkQuery, location="query")
@blp.arguments(PeriodChange)
@blp.response(200, PeriodAnswer)
@requires(Permission.PERIOD_MARK_SET)
def put_period_marks(asked: dict[str, Any], change: dict[str, Any], course_id: uuid.UUID) -> dict[str, Any]:
    """Sets period marks, each upon the version that was read."""
    with transaction() as session:
        access = access_course(session, viewer(), course_id, Permission.PERIOD_MARK_SET, school_today(session))
        period = _period_of(session, access, asked["period"])
        operations = [commands.PeriodOperation(**given) for given in change["operations"]]
        answer = commands.set_period_marks(session, access.course, period, viewer().person_id, operations)
        authors = {
            p.id: short_name(p.last_name, p.first_name, p.middle_name)
            for p in session.scalars(
                sa.select(Person).where(Person.id.in_([m.author_id for _, m in answer.conflicts]))
            )
        }
        return {
            "applied": answer.applied,
            "conflicts": [
                {
                    "op_id": op_id,
                    "symbol": mark.symbol,
                    "version": mark.version,
                    "author": authors.get(mark.author_id),
                    "at": mark.updated_at,
                }
                for op_id, mark in answer.conflicts
            ],
            "refused": [{"op_id": op_id, "problem": problem} for op_id, problem in answer.refused],
        }


def _period_of(session: Session, access: CourseAccess, period_id: uuid.UUID) -> Period:
    """The period, if it is one of the course's year and grade. Raises UnprocessableError."""
    grade = access.school_class.grade_level
    period = session.scalars(
        sa.select(Period).where(
            Period.id == period_id,
            Period.year_id == access.course.year_id,
            Period.grade_from <= grade,
            Period.grade_to >= grade,
        )
    ).one_or_none()
    if period is None:
        raise wrong("/period", "The course has no such period.", "unknown")
    return period
