"""Routes of lessons and line items."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Integer, Schema, Text
from services.common.problems import wrong
from services.journal.courses.models import Course
from services.journal.fields import Day, Window, collection
from services.journal.lessons import commands, queries
from services.journal.lessons.models import Lesson, LineItem
from services.journal.policy import Permission
from services.journal.relations.access import access_course, access_lesson
from services.journal.relations.lists import courses_shown
from services.journal.schools.queries import school_today

blp = Blueprint("lessons", __name__, url_prefix="/api/journal/v1", description="Lessons and what is assessed.")

Weight = ma.validate.Range(min=Decimal("0.01"), max=Decimal(100))


class LessonQuery(Window):
    class_id = ma.fields.UUID(data_key="class", load_default=None)
    teacher = ma.fields.UUID(load_default=None)
    course = ma.fields.UUID(load_default=None)


class NewLessons(Schema):
    dates = ma.fields.List(Day(), required=True, validate=ma.validate.Length(1, commands.MOST_LESSONS_AT_ONCE))
    number = Integer(required=True, validate=ma.validate.Range(1, 15))
    topic = Text(500, empty=True, load_default="")


class LessonChange(Schema):
    topic = Text(500, empty=True)
    status = ma.fields.String(validate=ma.validate.OneOf(("planned", "held", "cancelled")))


class LessonSchema(Schema):
    id = ma.fields.UUID()
    course_id = ma.fields.UUID()
    subject = ma.fields.String()
    class_id = ma.fields.UUID()
    class_name = ma.fields.String()
    taught_on = ma.fields.Date()
    number = ma.fields.Integer()
    topic = ma.fields.String()
    status = ma.fields.String()
    attendance_checked = ma.fields.Boolean()
    version = ma.fields.Integer()


class NewLineItem(Schema):
    id = ma.fields.UUID(load_default=None)
    lesson_id = ma.fields.UUID(load_default=None, allow_none=True)
    date = Day(load_default=None)
    work_type = ma.fields.String(required=True, validate=ma.validate.Length(1, 40))
    weight = ma.fields.Decimal(places=2, allow_nan=False, load_default=None, validate=Weight)
    title = Text(200, empty=True, load_default="")


class LineItemChange(Schema):
    weight = ma.fields.Decimal(places=2, allow_nan=False, validate=Weight)
    title = Text(200, empty=True)


class Annulment(Schema):
    reason = Text(300, required=True)


class LineItemSchema(Schema):
    id = ma.fields.UUID()
    course_id = ma.fields.UUID()
    lesson_id = ma.fields.UUID(allow_none=True)
    date = ma.fields.Date()
    weight = ma.fields.Decimal(as_string=True)
    title = ma.fields.String()
    ordinal = ma.fields.Integer()
    annulled = ma.fields.Boolean()
    version = ma.fields.Integer()


def lesson_answer(lesson: Lesson, subject: str, class_name: str, class_id: uuid.UUID) -> dict[str, Any]:
    names = ("id", "course_id", "taught_on", "number", "topic", "status", "version")
    return {name: getattr(lesson, name) for name in names} | {
        "subject": subject,
        "class_id": class_id,
        "class_name": class_name,
        "attendance_checked": lesson.attendance_checked_at is not None,
    }


def line_item_answer(item: LineItem) -> dict[str, Any]:
    names = ("id", "course_id", "lesson_id", "weight", "title", "ordinal", "version")
    return {name: getattr(item, name) for name in names} | {
        "date": item.on_day,
        "annulled": item.annulled_at is not None,
    }


@blp.route("/lessons", methods=["GET"])
@blp.arguments(LessonQuery, location="query")
@blp.response(200, collection(LessonSchema, "Lesson"))
@requires(Permission.COURSE_LIST)
def list_lessons(asked: dict[str, Any]) -> dict[str, Any]:
    """Lessons of courses that the viewer may open, today's unless days are named (at most 500)."""
    with read() as session:
        today = school_today(session)
        within = courses_shown(session, viewer(), today)
        first = asked["from_"] or today
        rows = queries.lessons(
            session, first, asked["to"] or first, asked["class_id"], asked["teacher"], asked["course"], within
        )
        items = [lesson_answer(row.lesson, row.subject, row.class_name, row.class_id) for row in rows]
        return {"items": items, "next": None}


@blp.route("/courses/<uuid:course_id>/lessons", methods=["POST"])
@blp.arguments(NewLessons)
@blp.response(201, collection(LessonSchema, "NewLesson"))
@requires(Permission.LESSON_PLAN)
def add_lessons(new: dict[str, Any], course_id: uuid.UUID) -> dict[str, Any]:
    """Lessons on the given days, all or none."""
    with transaction() as session:
        access = access_course(session, viewer(), course_id, Permission.LESSON_PLAN, school_today(session))
        made = commands.add_lessons(session, access.course, new["dates"], new["number"], new["topic"])
        return {"items": _with_names(session, access.course.id, made), "next": None}


def _with_names(session: Any, course_id: uuid.UUID, lessons: list[Lesson]) -> list[dict[str, Any]]:
    days = [lesson.taught_on for lesson in lessons]
    wanted = {lesson.id for lesson in lessons}
    rows = queries.lessons(session, min(days), max(days), course_id=course_id)
    return [
        lesson_answer(row.lesson, row.subject, row.class_name, row.class_id)
        for row in rows
        if row.lesson.id in wanted
    ]


@blp.route("/lessons/<uuid:lesson_id>", methods=["GET"])
@blp.etag
@blp.response(200, LessonSchema)
@requires(Permission.JOURNAL_PAGE_READ)
def get_lesson(lesson_id: uuid.UUID) -> dict[str, Any]:
    """One lesson."""
    with read() as session:
        lesson, _ = access_lesson(session, viewer(), lesson_id, Permission.JOURNAL_PAGE_READ, school_today(session))
        blp.set_etag({"version": lesson.version})
        return _with_names(session, lesson.course_id, [lesson])[0]


@blp.route("/lessons/<uuid:lesson_id>", methods=["PATCH"])
@blp.etag
@blp.arguments(LessonChange)
@blp.response(200, LessonSchema)
@requires(Permission.MARK_SET)
def change_lesson(change: dict[str, Any], lesson_id: uuid.UUID) -> dict[str, Any]:
    """Topic and status of a lesson."""
    with transaction() as session:
        lesson, _ = access_lesson(session, viewer(), lesson_id, Permission.MARK_SET, school_today(session))
        blp.check_etag({"version": lesson.version})
        lesson = commands.change_lesson(session, lesson, lesson.version, change.get("topic"), change.get("status"))
        blp.set_etag({"version": lesson.version})
        return _with_names(session, lesson.course_id, [lesson])[0]


@blp.route("/courses/<uuid:course_id>/line-items", methods=["POST"])
@blp.arguments(NewLineItem)
@blp.response(201, LineItemSchema)
@requires(Permission.MARK_SET)
def add_line_item(new: dict[str, Any], course_id: uuid.UUID) -> dict[str, Any]:
    """A column of the journal, of a lesson or free-standing."""
    with transaction() as session:
        today = school_today(session)
        access = access_course(session, viewer(), course_id, Permission.MARK_SET, today)
        course = commands.lock_course(session, access.course.id)
        lesson, on_day = _lesson_and_day(session, new, course, today)
        if new["id"] is not None:
            known = session.scalars(sa.select(LineItem).where(LineItem.id == new["id"])).one_or_none()
            if known is not None and known.course_id == course.id:
                return line_item_answer(known)
        item = commands.add_line_item(
            session,
            course,
            commands.known_work_type(session, new["work_type"]),
            lesson,
            on_day,
            new["weight"],
            new["title"],
            line_item_id=new["id"],
        )
        return line_item_answer(item)


def _lesson_and_day(
    session: Any, new: dict[str, Any], course: Course, today: dt.date
) -> tuple[Lesson | None, dt.date]:
    if new["lesson_id"] is None:
        return None, new["date"] or today
    lesson = session.scalars(
        sa.select(Lesson).where(
            Lesson.id == new["lesson_id"], Lesson.course_id == course.id, Lesson.annulled_at.is_(None)
        )
    ).one_or_none()
    if lesson is None:
        raise wrong("/lesson_id", "The course has no such lesson.", "unknown")
    return lesson, lesson.taught_on


@blp.route("/line-items/<uuid:line_item_id>", methods=["PATCH"])
@blp.etag
@blp.arguments(LineItemChange)
@blp.response(200, LineItemSchema)
@requires(Permission.MARK_SET)
def change_line_item(change: dict[str, Any], line_item_id: uuid.UUID) -> dict[str, Any]:
    """Weight and title of a column."""
    with transaction() as session:
        item = queries.line_item_by_id(session, line_item_id)
        access_course(session, viewer(), item.course_id, Permission.MARK_SET, school_today(session))
        blp.check_etag({"version": item.version})
        item = commands.change_line_item(session, item, item.version, change.get("weight"), change.get("title"))
        blp.set_etag({"version": item.version})
        return line_item_answer(item)


@blp.route("/line-items/<uuid:line_item_id>/annul", methods=["POST"])
@blp.arguments(Annulment)
@blp.response(200, LineItemSchema)
@requires(Permission.MARK_SET)
def annul_line_item(given: dict[str, Any], line_item_id: uuid.UUID) -> dict[str, Any]:
    """Takes an empty column out of the journal."""
    with transaction(reason=given["reason"]) as session:
        item = queries.line_item_by_id(session, line_item_id)
        access_course(session, viewer(), item.course_id, Permission.MARK_SET, school_today(session))
        return line_item_answer(commands.annul_line_item(session, item, given["reason"]))
