"""A class's year as one document, and the moment of the last change among what it says."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.journal.attendance.queries import REASON
from services.journal.calendar.models import SchoolYear
from services.journal.calendar.queries import periods_of
from services.journal.classes.models import ClassTeacher, SchoolClass
from services.journal.classes.queries import members
from services.journal.courses.models import Course, CourseTeacher, Subject
from services.journal.people.models import Person
from services.journal.scales.models import Scale
from services.journal.schools.queries import school_of

_PERIOD_MARKS = sa.text(
    "SELECT m.student_id, m.course_id, m.period_id, m.symbol, m.reason FROM period_mark m"
    " JOIN course k ON k.school_id = m.school_id AND k.id = m.course_id"
    " WHERE k.class_id = :class AND m.symbol IS NOT NULL"
)
_ABSENCES = sa.text(
    f"SELECT a.student_id, a.course_id, l.taught_on, l.number, {REASON} FROM attendance a"  # noqa: S608 - our own text
    " JOIN lesson l ON l.school_id = a.school_id AND l.id = a.lesson_id"
    " JOIN course k ON k.school_id = a.school_id AND k.id = a.course_id"
    " WHERE k.class_id = :class AND a.status = 'absent' AND l.annulled_at IS NULL"
)
_LAST_CHANGE = sa.text(
    "WITH pupil AS (SELECT id, student_id FROM enrollment WHERE class_id = :class),"
    " leader AS (SELECT id, person_id FROM class_teacher WHERE class_id = :class),"
    " own AS (SELECT id, subject_id FROM course WHERE class_id = :class),"
    " teacher AS (SELECT t.id, t.person_id FROM course_teacher t JOIN own ON own.id = t.course_id),"
    " fact AS (SELECT a.id, a.lesson_id FROM attendance a JOIN own ON own.id = a.course_id),"
    " told AS (SELECT CAST(:class AS uuid) AS id UNION SELECT CAST(:year AS uuid)"
    "  UNION SELECT id FROM period WHERE year_id = :year"
    "  UNION SELECT id FROM pupil UNION SELECT student_id FROM pupil"
    "  UNION SELECT id FROM leader UNION SELECT person_id FROM leader"
    "  UNION SELECT id FROM own UNION SELECT subject_id FROM own"
    "  UNION SELECT id FROM teacher UNION SELECT person_id FROM teacher"
    "  UNION SELECT m.id FROM period_mark m JOIN own ON own.id = m.course_id"
    "  UNION SELECT id FROM fact UNION SELECT lesson_id FROM fact"
    "  UNION SELECT e.id FROM excuse e JOIN pupil ON pupil.student_id = e.student_id)"
    " SELECT max(at) FROM change_log WHERE object_id IN (SELECT id FROM told)"
    # Of a lesson only its annulment shows; a topic that is mended leaves the document as it was.
    " AND (object <> 'lesson' OR new ? 'annulled_at')"
)


def class_year(session: Session, class_id: uuid.UUID) -> dict[str, Any] | None:
    """The class with its year's periods, pupils, courses, period marks and missed lessons; None where it is unknown.

    Pupils and courses stand in the order of lists; marks and absences name them by their places. `as_of` is the
    moment of the last change among all this and not the clock's: without a change the document stays the same.
    """
    school_class = session.scalars(sa.select(SchoolClass).where(SchoolClass.id == class_id)).one_or_none()
    if school_class is None:
        return None
    school = school_of(session)
    year = session.scalars(sa.select(SchoolYear).where(SchoolYear.id == school_class.year_id)).one()
    its_periods = periods_of(session, year.id, school_class.grade_level)
    students = _students(session, class_id, year)
    courses = _courses(session, class_id)
    last = session.execute(_LAST_CHANGE, {"class": class_id, "year": year.id}).scalar_one()
    return {
        "kind": "class_year",
        "as_of": last,
        "school": {"name": school.name, "zone": school.zone},
        "year": {"id": year.id, "starts_on": year.starts_on, "ends_on": year.ends_on},
        "class": {"id": class_id, "grade_level": school_class.grade_level, "letter": school_class.letter},
        "class_teachers": _terms(session, ClassTeacher, ClassTeacher.class_id, [class_id]).get(class_id, []),
        "periods": [
            {
                "id": period.id,
                "kind": period.kind,
                "ordinal": period.ordinal,
                "starts_on": period.starts_on,
                "ends_on": period.ends_on,
                "closed_at": period.closed_at,
            }
            for period in its_periods
        ],
        "students": students,
        "courses": courses,
        **_facts(session, class_id, students, courses, [period.id for period in its_periods]),
    }


def _students(session: Session, class_id: uuid.UUID, year: SchoolYear) -> list[dict[str, Any]]:
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for member in members(session, class_id, year.starts_on, year.ends_on):
        student = found.setdefault(member.person.id, {"id": member.person.id, **_name(member.person), "terms": []})
        student["terms"].append({"from": member.from_day, "to": member.to_day})
    return list(found.values())


def _courses(session: Session, class_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = session.execute(
        sa.select(Course.id, Subject.name, Course.kind, Scale.code)
        .join(Subject, Subject.id == Course.subject_id)
        .join(Scale, Scale.id == Course.scale_id)
        .where(Course.class_id == class_id)
        .order_by(Subject.name, Course.id)
    ).all()
    teachers = _terms(session, CourseTeacher, CourseTeacher.course_id, [row.id for row in rows])
    return [
        {"id": course_id, "subject": subject, "kind": kind, "scale": scale, "teachers": teachers.get(course_id, [])}
        for course_id, subject, kind, scale in rows
    ]


def _terms(
    session: Session,
    table: type[ClassTeacher] | type[CourseTeacher],
    owner: InstrumentedAttribute[uuid.UUID],
    owners: list[uuid.UUID],
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Who led or taught, by class or course, with the half-open days."""
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    rows = session.execute(
        sa.select(owner, table.from_day, table.to_day, Person)
        .join(Person, Person.id == table.person_id)
        .where(owner.in_(owners))
        .order_by(owner, table.from_day, Person.sort_key, Person.id)
    )
    for owner_id, from_day, to_day, person in rows:
        found.setdefault(owner_id, []).append({**_name(person), "from": from_day, "to": to_day})
    return found


def _name(person: Person) -> dict[str, str]:
    return {"last_name": person.last_name, "first_name": person.first_name, "middle_name": person.middle_name}


def _facts(
    session: Session,
    class_id: uuid.UUID,
    students: list[dict[str, Any]],
    courses: list[dict[str, Any]],
    period_ids: list[uuid.UUID],
) -> dict[str, Any]:
    student_at = {student["id"]: place for place, student in enumerate(students)}
    course_at = {course["id"]: place for place, course in enumerate(courses)}
    period_at = {period_id: place for place, period_id in enumerate(period_ids)}
    marks = [
        [student_at[student], course_at[course], period_at[period], symbol, reason]
        for student, course, period, symbol, reason in session.execute(_PERIOD_MARKS, {"class": class_id})
        if student in student_at and period in period_at
    ]
    absences: list[list[Any]] = [
        [student_at[student], course_at[course], taught_on, number, reason or ""]
        for student, course, taught_on, number, reason in session.execute(_ABSENCES, {"class": class_id})
        if student in student_at
    ]
    return {"period_marks": sorted(marks), "absences": sorted(absences, key=_place_of_absence)}


def _place_of_absence(absence: list[Any]) -> tuple[int, dt.date, int, int]:
    student, course, taught_on, number, _ = absence
    return (student, taught_on, number, course)
