"""The journal page in requests; answers go row -> orjson and are checked against these by contract tests."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.common.arguments import Boolean, Integer, Schema, Text
from services.common.problems import Contradiction

MOST_OPERATIONS = 200


class LineItemWish(Schema):
    op_id = ma.fields.UUID(required=True)
    lesson_id = ma.fields.UUID(required=True)
    work_type = ma.fields.String(required=True, validate=validate.Length(1, 40))
    ordinal = Integer(load_default=None, allow_none=True, validate=validate.Range(0, 9))


class Operation(Schema):
    op_id = ma.fields.UUID(required=True)
    student_id = ma.fields.UUID(required=True)
    lesson_id = ma.fields.UUID()
    line_item_id = ma.fields.UUID()
    line_item_op = ma.fields.UUID()
    slot = Integer(load_default=0, validate=validate.Range(0, 1))
    symbol = ma.fields.String(allow_none=True, validate=validate.Length(1, 10))
    comment = Text(300, empty=True, allow_none=True)
    made_up = Boolean(allow_none=True)
    base_version = Integer(required=True, allow_none=True, validate=validate.Range(0, 2**31 - 1))

    @ma.validates_schema
    def one_target(self, data: dict[str, Any], **_: Any) -> None:
        """An attendance symbol names the lesson, a mark its line item."""
        if sum(name in data for name in ("lesson_id", "line_item_id", "line_item_op")) != 1:
            raise ma.ValidationError(Contradiction("Name one of a lesson, a line item and the op_id of one."))
        if not {"symbol", "comment", "made_up"} & set(data):
            raise ma.ValidationError(Contradiction("Nothing would change."), "symbol")


class PageChange(Schema):
    line_items = ma.fields.List(
        ma.fields.Nested(LineItemWish), load_default=list, validate=validate.Length(max=MOST_OPERATIONS)
    )
    operations = ma.fields.List(
        ma.fields.Nested(Operation), required=True, validate=validate.Length(max=MOST_OPERATIONS)
    )


class Conflict(Schema):
    op_id = ma.fields.UUID()
    symbol = ma.fields.String(allow_none=True)
    comment = ma.fields.String()
    version = ma.fields.Integer()
    author = ma.fields.String(allow_none=True)
    at = ma.fields.AwareDateTime(allow_none=True)


class Refused(Schema):
    op_id = ma.fields.UUID()
    problem = ma.fields.String()


class PageAnswer(Schema):
    applied = ma.fields.List(ma.fields.Tuple((ma.fields.UUID(), ma.fields.Integer())))
    conflicts = ma.fields.List(ma.fields.Nested(Conflict))
    refused = ma.fields.List(ma.fields.Nested(Refused))
    line_items = ma.fields.Dict(ma.fields.UUID(), ma.fields.UUID())
    averages = ma.fields.Dict(ma.fields.UUID(), ma.fields.String(allow_none=True))
    version = ma.fields.String()


class PageCourse(Schema):
    id = ma.fields.UUID()
    subject = ma.fields.String()
    class_ = ma.fields.String(data_key="class")
    class_id = ma.fields.UUID()
    kind = ma.fields.String()
    teachers = ma.fields.List(ma.fields.Dict())
    scale = ma.fields.Dict()
    work_types = ma.fields.List(ma.fields.Dict())


class PagePeriod(Schema):
    id = ma.fields.UUID()
    kind = ma.fields.String()
    title = ma.fields.String()
    starts_on = ma.fields.Date()
    ends_on = ma.fields.Date()
    closed_at = ma.fields.AwareDateTime(allow_none=True)


class PageStudent(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date(allow_none=True)


class PageLesson(Schema):
    id = ma.fields.UUID()
    date = ma.fields.Date()
    number = ma.fields.Integer()
    topic = ma.fields.String()
    status = ma.fields.String()
    editable = ma.fields.Boolean()
    attendance_checked = ma.fields.Boolean()
    version = ma.fields.Integer()


class PageColumn(Schema):
    kind = ma.fields.String(validate=validate.OneOf(("attendance", "marks")))
    lesson = ma.fields.Integer(allow_none=True)
    line_item_id = ma.fields.UUID()
    date = ma.fields.Date()
    work_type = ma.fields.String()
    weight = ma.fields.String()
    title = ma.fields.String()
    version = ma.fields.Integer()


class JournalPage(Schema):
    course = ma.fields.Nested(PageCourse)
    period = ma.fields.Nested(PagePeriod, allow_none=True)
    periods = ma.fields.List(ma.fields.Nested(PagePeriod))
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date()
    today = ma.fields.Date()
    allowed = ma.fields.Dict()
    students = ma.fields.List(ma.fields.Nested(PageStudent))
    lessons = ma.fields.List(ma.fields.Nested(PageLesson))
    columns = ma.fields.List(ma.fields.Nested(PageColumn))
    cells = ma.fields.List(
        ma.fields.Tuple(
            (
                ma.fields.Integer(),
                ma.fields.Integer(),
                ma.fields.Integer(),
                ma.fields.String(),
                ma.fields.Integer(),
                ma.fields.Integer(),
            )
        )
    )
    comments = ma.fields.List(
        ma.fields.Tuple((ma.fields.Integer(), ma.fields.Integer(), ma.fields.Integer(), ma.fields.String()))
    )
    averages = ma.fields.List(ma.fields.String(allow_none=True))
    version = ma.fields.String()
