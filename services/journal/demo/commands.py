"""Writes the demonstration school: one statement per table, and tells of people as a new consumer is told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.bulk import insert_rows
from services.common.clock import now
from services.journal.attendance.models import Attendance, Excuse
from services.journal.base import Base
from services.journal.calendar.models import Period, SchoolYear
from services.journal.classes.models import ClassTeacher, Enrollment, SchoolClass
from services.journal.courses.models import Course, CourseTeacher, Subject
from services.journal.demo.rules.chance import Ids
from services.journal.demo.rules.people import Someone
from services.journal.demo.rules.school import DemoSchool
from services.journal.demo.telling import tell_of_school
from services.journal.lessons.models import Lesson, LineItem
from services.journal.marks.models import Mark
from services.journal.people.commands import school_id_of
from services.journal.people.models import Contact, Guardian, Guardianship, Person, Staff, Student
from services.journal.people.rules import normal_phone, sort_key
from services.journal.period_marks.models import PeriodMark
from services.journal.scales.models import Scale, WorkType
from services.journal.schools.queries import school_of

Rows = list[dict[str, Any]]


def is_built(session: Session) -> bool:
    """Whether the school has classes: whoever made them, nothing is added to it."""
    return session.execute(sa.select(sa.exists().select_from(SchoolClass))).scalar_one()


def build(session: Session, made: DemoSchool) -> dict[str, int]:
    """Writes the whole school into a freshly opened one; rows by table."""
    writer = _Writer(session, made)
    writer.people()
    writer.classes()
    writer.courses()
    writer.lessons()
    writer.attendance()
    writer.marks()
    tell_of_school(session, made)
    return writer.counts


class _Writer:
    """The rows of each table, in the order of their references."""

    def __init__(self, session: Session, made: DemoSchool) -> None:
        self.counts: dict[str, int] = {}
        self._session = session
        self._made = made
        self._school_id = school_id_of(session)
        self._zone = ZoneInfo(school_of(session).zone)
        self._moment = now()
        self._ids = Ids(f"rows:{made.start}:{self._school_id}")
        self._year_id = session.scalars(sa.select(SchoolYear.id)).one()
        self._leaders = made.leaders
        self._teachers = {course.id: course.teacher_id for course in made.courses}
        self._work_types = {row.code: row for row in session.scalars(sa.select(WorkType))}

    def _write(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        with_school = [{"school_id": self._school_id, **row} for row in rows]
        self.counts[model.__tablename__] = insert_rows(self._session, model, with_school)

    def _new(self) -> uuid.UUID:
        return self._ids.on(self._made.start)

    def _past(self, moment: dt.datetime) -> dt.datetime:
        """The moment, or now: a demonstration that starts in the morning has no facts of the afternoon."""
        return min(moment, self._moment)

    def people(self) -> None:
        made, families = self._made, self._made.families
        left = {pupil.person.id: pupil.to_day for pupil in families.pupils if pupil.to_day}
        pupils = [pupil.person for pupil in families.pupils]
        everybody = [*made.staff.values(), *families.guardians, *pupils]
        self._write(Person, [_person(one, left.get(one.id)) for one in everybody])
        self._write(Staff, [{"person_id": one.id, "position": one.position} for one in made.staff.values()])
        self._write(Guardian, [{"person_id": one.id} for one in families.guardians])
        admitted = [
            {
                "person_id": pupil.person.id,
                "admitted_on": pupil.from_day,
                "order_number": "",
                "personal_file_number": f"{pupil.class_name[-1]}-{number}",
                "sex": "",
            }
            for number, pupil in enumerate(families.pupils, 101)
        ]
        self._write(Student, admitted)
        self._write(Contact, [contact for one in everybody for contact in _contacts(one)])
        bonds = [
            {
                "id": bond.id,
                "guardian_id": bond.guardian_id,
                "student_id": bond.student_id,
                "relation": bond.relation,
                "from_day": made.start,
                "to_day": None,
                "restricted": False,
                "version": 1,
            }
            for bond in families.bonds
        ]
        self._write(Guardianship, bonds)

    def classes(self) -> None:
        made = self._made
        rows: Rows = [
            {
                "id": made.classes[plan.name],
                "year_id": self._year_id,
                "grade_level": plan.grade,
                "letter": plan.letter,
                "version": 1,
            }
            for plan in made.plan.classes
        ]
        self._write(SchoolClass, rows)
        led: Rows = [
            {"id": self._new(), "class_id": made.classes[name], "person_id": leader, "from_day": made.start}
            for name, leader in self._leaders.items()
        ]
        self._write(ClassTeacher, led)
        enrolled: Rows = [
            {
                "id": made.enrollments[pupil.person.id],
                "class_id": made.classes[pupil.class_name],
                "student_id": pupil.person.id,
                "from_day": pupil.from_day,
                "to_day": pupil.to_day,
                "version": 1,
            }
            for pupil in made.families.pupils
        ]
        self._write(Enrollment, enrolled)

    def courses(self) -> None:
        made = self._made
        scales = {scale.code: scale.id for scale in self._session.scalars(sa.select(Scale))}
        by_name = {name: self._new() for name in made.plan.subjects()}
        self._write(Subject, [{"id": key, "name": name, "scale_id": scales["five"]} for name, key in by_name.items()])
        rows: Rows = [
            {
                "id": course.id,
                "year_id": self._year_id,
                "class_id": made.classes[course.class_name],
                "subject_id": by_name[course.subject],
                "kind": "lesson",
                "scale_id": scales["five" if course.marked else "no_mark"],
                "version": 1,
            }
            for course in made.courses
        ]
        self._write(Course, rows)
        taught: Rows = [
            {"id": self._new(), "course_id": course.id, "person_id": course.teacher_id, "from_day": made.start}
            for course in made.courses
        ]
        self._write(CourseTeacher, taught)

    def lessons(self) -> None:
        rows: Rows = [
            {
                "id": lesson.id,
                "course_id": lesson.course_id,
                "taught_on": lesson.taught_on,
                "number": lesson.number,
                "topic": lesson.topic,
                "status": "held" if lesson.held else "planned",
                "version": 1,
                "attendance_checked_at": self._past(lesson.over_at(self._zone)) if lesson.held else None,
                "attendance_checked_by": self._teachers[lesson.course_id] if lesson.held else None,
                "attendance_version": int(lesson.held),
                "annul_reason": "",
            }
            for lesson in self._made.lessons
        ]
        self._write(Lesson, rows)

    def attendance(self) -> None:
        rows: Rows = [
            {
                "id": one.id,
                "course_id": one.lesson.course_id,
                "lesson_id": one.lesson.id,
                "student_id": one.student_id,
                "status": one.status,
                "minutes_late": one.minutes_late,
                "version": 1,
                "author_id": self._teachers[one.lesson.course_id],
                "updated_at": self._past(one.lesson.over_at(self._zone)),
            }
            for one in self._made.attendance
        ]
        self._write(Attendance, rows)
        leader_of = {pupil.person.id: self._leaders[pupil.class_name] for pupil in self._made.families.pupils}
        excused: Rows = [
            {
                "id": self._new(),
                "student_id": spell.student_id,
                "from_day": spell.from_day,
                "to_day": spell.to_day,
                "reason": spell.reason,
                "author_id": leader_of[spell.student_id],
                "created_at": self._past(dt.datetime.combine(spell.to_day, dt.time(16), self._zone)),
                "annul_reason": "",
            }
            for spell in self._made.spells
            if spell.reason is not None
        ]
        self._write(Excuse, excused)

    def marks(self) -> None:
        items = {mark.item.id: mark.item for mark in self._made.marks}.values()
        columns: Rows = [
            {
                "id": item.id,
                "course_id": item.lesson.course_id,
                "lesson_id": item.lesson.id,
                "on_day": item.lesson.taught_on,
                "work_type_id": self._work_types[item.work_type].id,
                "weight": self._work_types[item.work_type].weight,
                "title": "",
                "ordinal": 0,
                "version": 1,
                "annul_reason": "",
            }
            for item in items
        ]
        self._write(LineItem, columns)
        rows: Rows = [
            {
                "id": mark.id,
                "course_id": mark.item.lesson.course_id,
                "line_item_id": mark.item.id,
                "student_id": mark.student_id,
                "slot": mark.slot,
                "symbol": mark.symbol,
                "number": mark.symbol,
                "made_up": False,
                "comment": "",
                "version": 1,
                "author_id": self._teachers[mark.item.lesson.course_id],
                "updated_at": self._past(mark.item.lesson.over_at(self._zone)),
            }
            for mark in self._made.marks
        ]
        self._write(Mark, rows)
        self._period_marks()

    def _period_marks(self) -> None:
        periods = {(row.kind, row.ordinal): row for row in self._session.scalars(sa.select(Period))}
        rows: Rows = [
            {
                "id": mark.id,
                "period_id": periods[mark.kind, mark.ordinal].id,
                "course_id": mark.course_id,
                "student_id": mark.student_id,
                "symbol": mark.symbol,
                "reason": mark.reason,
                "comment": "",
                "version": 1,
                "author_id": self._teachers[mark.course_id],
                "updated_at": self._past(dt.datetime.combine(mark.on_day, dt.time(15), self._zone)),
            }
            for mark in self._made.period_marks
        ]
        self._write(PeriodMark, rows)
        for period in periods.values():
            if period.ends_on < self._made.day:
                period.closed_at = self._past(dt.datetime.combine(period.ends_on, dt.time(18), self._zone))


def _person(one: Someone, left_on: dt.date | None) -> dict[str, Any]:
    name = one.name
    return {
        "id": one.id,
        "last_name": name.last,
        "first_name": name.first,
        "middle_name": name.middle,
        "sort_key": sort_key(name.last, name.first, name.middle),
        "birth_date": one.birth_date,
        "left_on": left_on,
        "version": 1,
    }


def _contacts(one: Someone) -> list[dict[str, Any]]:
    found = (("email", one.email), ("phone", normal_phone(one.phone) if one.phone else None))
    return [{"person_id": one.id, "kind": kind, "value": value} for kind, value in found if value]
