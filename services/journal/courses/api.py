"""Routes of subjects and courses."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Schema, Text
from services.journal.calendar.queries import years
from services.journal.classes.queries import known_class
from services.journal.courses import commands, queries
from services.journal.fields import Day, collection
from services.journal.policy import Facts, Permission
from services.journal.relations.access import access_course, require
from services.journal.relations.lists import courses_shown
from services.journal.schools.queries import school_today

blp = Blueprint("courses", __name__, url_prefix="/api/journal/v1", description="Subjects and courses.")


class NewSubject(Schema):
    id = ma.fields.UUID(load_default=None)
    name = Text(100, required=True)
    scale_id = ma.fields.UUID(load_default=None)


class SubjectSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    scale_id = ma.fields.UUID()


class TermSchema(Schema):
    person_id = ma.fields.UUID(required=True)
    from_ = Day(data_key="from", required=True)
    to = Day(load_default=None, allow_none=True)


class TeacherSchema(Schema):
    person_id = ma.fields.UUID()
    name = ma.fields.String()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date(allow_none=True)


class NewCourse(Schema):
    id = ma.fields.UUID(load_default=None)
    year_id = ma.fields.UUID(load_default=None)
    class_id = ma.fields.UUID(required=True)
    subject_id = ma.fields.UUID(required=True)
    kind = ma.fields.String(
        load_default="lesson", validate=ma.validate.OneOf(("lesson", "extracurricular", "additional"))
    )
    teachers = ma.fields.List(ma.fields.Nested(TermSchema), load_default=list, validate=ma.validate.Length(max=10))


class TeachersSchema(Schema):
    teachers = ma.fields.List(ma.fields.Nested(TermSchema), required=True, validate=ma.validate.Length(max=10))


class CourseQuery(Schema):
    class_id = ma.fields.UUID(data_key="class", load_default=None)
    teacher = ma.fields.UUID(load_default=None)


class CourseSchema(Schema):
    id = ma.fields.UUID()
    year_id = ma.fields.UUID()
    class_id = ma.fields.UUID()
    class_name = ma.fields.String()
    grade_level = ma.fields.Integer()
    subject_id = ma.fields.UUID()
    subject = ma.fields.String()
    kind = ma.fields.String()
    scale_id = ma.fields.UUID()
    teachers = ma.fields.List(ma.fields.Nested(TeacherSchema))


def course_answer(row: queries.CourseRow) -> dict[str, Any]:
    names = ("id", "year_id", "class_id", "class_name", "grade_level", "subject_id", "subject", "kind", "scale_id")
    return {name: getattr(row, name) for name in names} | {
        "teachers": [
            {"person_id": t.person_id, "name": t.name, "from_": t.from_day, "to": t.to_day} for t in row.teachers
        ]
    }


def _terms(given: list[dict[str, Any]]) -> list[commands.TeacherTerm]:
    return [commands.TeacherTerm(term["person_id"], term["from_"], term["to"]) for term in given]


@blp.route("/subjects", methods=["GET"])
@blp.response(200, collection(SubjectSchema, "Subject"))
@requires(Permission.SETUP_READ)
def list_subjects() -> dict[str, Any]:
    """Subjects by name."""
    with read() as session:
        return {"items": queries.subjects(session), "next": None}


@blp.route("/subjects", methods=["POST"])
@blp.arguments(NewSubject)
@blp.response(201, SubjectSchema)
@requires(Permission.SETUP_WRITE)
def add_subject(new: dict[str, Any]) -> Any:
    """A subject, on the five-point scale unless another is named."""
    require(viewer(), Permission.SETUP_WRITE)
    with transaction() as session:
        return commands.make_subject(session, new["name"], new["scale_id"], new["id"])


@blp.route("/courses", methods=["GET"])
@blp.arguments(CourseQuery, location="query")
@blp.response(200, collection(CourseSchema, "Course"))
@requires(Permission.COURSE_LIST)
def list_courses(asked: dict[str, Any]) -> dict[str, Any]:
    """Courses whose journal the viewer may open."""
    with read() as session:
        within = courses_shown(session, viewer(), school_today(session))
        rows = queries.courses(session, asked["class_id"], asked["teacher"], within)
        return {"items": [course_answer(row) for row in rows], "next": None}


@blp.route("/courses", methods=["POST"])
@blp.arguments(NewCourse)
@blp.response(201, CourseSchema)
@requires(Permission.SETUP_WRITE)
def add_course(new: dict[str, Any]) -> dict[str, Any]:
    """A subject taught to a class."""
    require(viewer(), Permission.SETUP_WRITE, Facts(classes=frozenset({new["class_id"]})))
    with transaction() as session:
        school_class = known_class(session, new["class_id"])
        course = commands.make_course(
            session,
            new["year_id"] or years(session)[0].id,
            school_class,
            new["subject_id"],
            new["kind"],
            _terms(new["teachers"]),
            new["id"],
        )
        return course_answer(queries.course_row(session, course.id))


@blp.route("/courses/<uuid:course_id>", methods=["GET"])
@blp.response(200, CourseSchema)
@requires(Permission.JOURNAL_PAGE_READ)
def get_course(course_id: uuid.UUID) -> dict[str, Any]:
    """One course."""
    with read() as session:
        access_course(session, viewer(), course_id, Permission.JOURNAL_PAGE_READ, school_today(session))
        return course_answer(queries.course_row(session, course_id))


@blp.route("/courses/<uuid:course_id>/teachers", methods=["PUT"])
@blp.arguments(TeachersSchema)
@blp.response(200, CourseSchema)
@requires(Permission.SETUP_WRITE)
def put_teachers(given: dict[str, Any], course_id: uuid.UUID) -> dict[str, Any]:
    """Who teaches the course, and when."""
    with transaction() as session:
        access = access_course(session, viewer(), course_id, Permission.SETUP_WRITE, school_today(session))
        commands.set_teachers(session, access.course, _terms(given["teachers"]))
        return course_answer(queries.course_row(session, course_id))
