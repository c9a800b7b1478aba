"""Routes of classes and enrolments."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Integer, Schema
from services.common.problems import wrong
from services.journal.calendar.queries import years
from services.journal.classes import commands, queries
from services.journal.classes.rules import class_name, parse_class_name
from services.journal.fields import Day, PersonName, collection
from services.journal.people.queries import known_person
from services.journal.people.rules import short_name
from services.journal.policy import Permission
from services.journal.relations.access import access_class, require
from services.journal.relations.lists import classes_shown
from services.journal.schools.queries import school_today

blp = Blueprint("classes", __name__, url_prefix="/api/journal/v1", description="Classes and their members.")


class ClassQuery(Schema):
    year = ma.fields.UUID(load_default=None)


class NewClass(Schema):
    id = ma.fields.UUID(load_default=None)
    year_id = ma.fields.UUID(load_default=None)
    grade_level = Integer(required=True, validate=ma.validate.Range(1, 11))
    letter = ma.fields.String(required=True, validate=ma.validate.Length(1, 3))


class ClassSchema(Schema):
    id = ma.fields.UUID()
    year_id = ma.fields.UUID()
    grade_level = ma.fields.Integer()
    letter = ma.fields.String()
    name = ma.fields.String()
    class_teacher = ma.fields.Nested(PersonName, allow_none=True)
    students = ma.fields.Integer()


class ClassTeacherTerm(Schema):
    person_id = ma.fields.UUID(required=True)
    from_ = Day(data_key="from", required=True)


class MembersQuery(Schema):
    on = Day(load_default=None)


class MemberSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    last_name = ma.fields.String()
    first_name = ma.fields.String()
    middle_name = ma.fields.String()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date(allow_none=True)


class NewEnrollment(Schema):
    student_id = ma.fields.UUID(required=True)
    from_ = Day(data_key="from", required=True)


class EnrollmentSchema(Schema):
    id = ma.fields.UUID()
    class_id = ma.fields.UUID()
    student_id = ma.fields.UUID()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date(allow_none=True)


def class_answer(row: queries.ClassRow) -> dict[str, Any]:
    found, leader = row.school_class, row.class_teacher
    name = None if leader is None else short_name(leader.last_name, leader.first_name, leader.middle_name)
    return {
        "id": found.id,
        "year_id": found.year_id,
        "grade_level": found.grade_level,
        "letter": found.letter,
        "name": class_name(found.grade_level, found.letter),
        "class_teacher": None if leader is None else {"id": leader.id, "name": name},
        "students": row.students,
    }


@blp.route("/classes", methods=["GET"])
@blp.arguments(ClassQuery, location="query")
@blp.response(200, collection(ClassSchema, "Class"))
@requires(Permission.SETUP_READ)
def list_classes(asked: dict[str, Any]) -> dict[str, Any]:
    """All for the office, led and taught ones for a teacher, the own one for a family."""
    with read() as session:
        today = school_today(session)
        rows = queries.classes(session, today, asked["year"], classes_shown(session, viewer(), today))
        return {"items": [class_answer(row) for row in rows], "next": None}


@blp.route("/classes", methods=["POST"])
@blp.arguments(NewClass)
@blp.response(201, ClassSchema)
@requires(Permission.SETUP_WRITE)
def add_class(new: dict[str, Any]) -> dict[str, Any]:
    """A class of a year; without `year_id` of the latest one."""
    require(viewer(), Permission.SETUP_WRITE)
    try:
        grade_level, letter, _ = parse_class_name(f"{new['grade_level']}{new['letter']}")
    except ValueError as error:
        raise wrong("/letter", "Is not a letter of a class.") from error
    with transaction() as session:
        year_id = new["year_id"] or years(session)[0].id
        made = commands.make_class(session, year_id, grade_level, letter, new["id"])
        return class_answer(queries.ClassRow(made, None, 0))


@blp.route("/classes/<uuid:class_id>/class-teacher", methods=["PUT"])
@blp.arguments(ClassTeacherTerm)
@blp.response(200, ClassSchema)
@requires(Permission.SETUP_WRITE)
def put_class_teacher(term: dict[str, Any], class_id: uuid.UUID) -> dict[str, Any]:
    """Who leads the class from a day on."""
    with transaction() as session:
        today = school_today(session)
        school_class = access_class(session, viewer(), class_id, Permission.SETUP_WRITE, today)
        known_person(session, term["person_id"], "staff", "/person_id")
        commands.set_class_teacher(session, school_class, term["person_id"], term["from_"])
        return class_answer(next(r for r in queries.classes(session, today) if r.school_class.id == class_id))


@blp.route("/classes/<uuid:class_id>/students", methods=["GET"])
@blp.arguments(MembersQuery, location="query")
@blp.response(200, collection(MemberSchema, "Member"))
@requires(Permission.CLASS_READ)
def list_members(asked: dict[str, Any], class_id: uuid.UUID) -> dict[str, Any]:
    """Members of the class on a day (default: today)."""
    with read() as session:
        today = school_today(session)
        school_class = access_class(session, viewer(), class_id, Permission.CLASS_READ, today)
        day = asked["on"] or today
        return {
            "items": [
                {
                    "id": m.person.id,
                    "name": f"{m.person.last_name} {m.person.first_name}",
                    "last_name": m.person.last_name,
                    "first_name": m.person.first_name,
                    "middle_name": m.person.middle_name,
                    "from_": m.from_day,
                    "to": m.to_day,
                }
                for m in queries.members(session, school_class.id, day, day)
            ],
            "next": None,
        }


@blp.route("/classes/<uuid:class_id>/enrollments", methods=["POST"])
@blp.arguments(NewEnrollment)
@blp.response(201, EnrollmentSchema)
@requires(Permission.ENROLLMENT_SET)
def add_enrollment(new: dict[str, Any], class_id: uuid.UUID) -> dict[str, Any]:
    """A pupil joins the class on a day."""
    with transaction() as session:
        school_class = access_class(session, viewer(), class_id, Permission.ENROLLMENT_SET, school_today(session))
        known_person(session, new["student_id"], "student", "/student_id")
        row, _ = commands.enroll(session, school_class, new["student_id"], new["from_"])
        return {
            "id": row.id,
            "class_id": row.class_id,
            "student_id": row.student_id,
            "from_": row.from_day,
            "to": row.to_day,
        }
