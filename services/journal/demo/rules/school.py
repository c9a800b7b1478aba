"""The whole demonstration school, from a seed and a day. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from services.journal.calendar.rules import year_that_holds
from services.journal.demo.rules import names
from services.journal.demo.rules.absences import Seen, Spell, seen, spells
from services.journal.demo.rules.chance import Ids, chance
from services.journal.demo.rules.days import last_school_day, school_days
from services.journal.demo.rules.lessons import Course, Lesson, courses, lessons
from services.journal.demo.rules.marking import Given, PeriodGiven, Teaching, period_marks, terms_over
from services.journal.demo.rules.people import Cast, Families, Pupil, Someone, families
from services.journal.demo.rules.plan import Post, SchoolPlan
from services.journal.demo.rules.timetable import timetable


@dataclass(frozen=True)
class DemoSchool:
    """Everything that is written, once."""

    day: dt.date
    """The school day around which it is laid."""
    start: dt.date
    plan: SchoolPlan
    staff: dict[str, Someone]
    """By key of the curriculum."""
    families: Families
    cast: Cast
    classes: dict[str, uuid.UUID]
    enrollments: dict[uuid.UUID, uuid.UUID]
    """By pupil."""
    courses: list[Course]
    lessons: list[Lesson]
    attendance: list[Seen]
    spells: list[Spell]
    marks: list[Given]
    period_marks: list[PeriodGiven]

    @property
    def leaders(self) -> dict[str, uuid.UUID]:
        """Class teachers by name of the class."""
        return {plan.name: self.staff[plan.leader].id for plan in self.plan.classes}


def demo_school(seed: str, day: dt.date, plan: SchoolPlan) -> DemoSchool:
    """The school as it stands on the last school day up to `day`."""
    day = last_school_day(day)
    first_year = year_that_holds(day)
    days = school_days(day)
    staff = _staff(seed, days[0], plan.posts)
    known, cast = families(seed, first_year, [one for one in days if one <= day], plan)
    class_ids = Ids(f"{seed}:classes:{first_year}")
    taught = courses(seed, days[0], {key: person.id for key, person in staff.items()}, plan)
    dated = lessons(seed, day, days, timetable(seed, plan), taught)
    attendance, away = _attendance(seed, day, [one for one in days if one <= day], known.pupils, dated)
    marks, of_periods = _marks(seed, first_year, day, plan, known.pupils, taught, dated, attendance)
    return DemoSchool(
        day=day,
        start=days[0],
        plan=plan,
        staff=staff,
        families=known,
        cast=cast,
        classes={one.name: class_ids.on(days[0]) for one in plan.classes},
        enrollments={pupil.person.id: class_ids.on(days[0]) for pupil in known.pupils},
        courses=taught,
        lessons=dated,
        attendance=attendance,
        spells=away,
        marks=marks,
        period_marks=of_periods,
    )


def _staff(seed: str, start: dt.date, posts: Mapping[str, Post]) -> dict[str, Someone]:
    rng = chance(f"{seed}:staff")
    ids = Ids(f"{seed}:staff ids")
    stems = names.family_surnames(rng, len(posts))
    found = {}
    for (key, (position, female)), stem in zip(posts.items(), stems, strict=True):
        name = names.adult_name(rng, stem, female)
        address = f"{names.latin(name.last)}@school.example.org"
        found[key] = Someone(ids.on(start), "staff", name, female, email=address, position=position)
    return found


def _attendance(
    seed: str, day: dt.date, days: list[dt.date], pupils: list[Pupil], dated: list[Lesson]
) -> tuple[list[Seen], list[Spell]]:
    held: dict[str, list[Lesson]] = {}
    for lesson in dated:
        if lesson.held:
            held.setdefault(lesson.class_name, []).append(lesson)
    attendance: list[Seen] = []
    away: list[Spell] = []
    for pupil in pupils:
        own = spells(seed, pupil, [one for one in days if pupil.on(one)], day)
        attendance += seen(seed, pupil, held.get(pupil.class_name, []), own)
        away += own
    return attendance, away


def _marks(
    seed: str,
    first_year: int,
    day: dt.date,
    plan: SchoolPlan,
    pupils: list[Pupil],
    taught: list[Course],
    dated: list[Lesson],
    attendance: list[Seen],
) -> tuple[list[Given], list[PeriodGiven]]:
    absent: dict[uuid.UUID, set[uuid.UUID]] = {}
    for one in attendance:
        if one.status == "absent":
            absent.setdefault(one.lesson.id, set()).add(one.student_id)
    of_class: dict[str, list[Pupil]] = {}
    for pupil in pupils:
        of_class.setdefault(pupil.class_name, []).append(pupil)
    held: dict[uuid.UUID, list[Lesson]] = {}
    for lesson in dated:
        if lesson.held:
            held.setdefault(lesson.course_id, []).append(lesson)
    marks: list[Given] = []
    of_periods: list[PeriodGiven] = []
    terms = {one.name: terms_over(first_year, one.grade, day) for one in plan.classes}
    for course in taught:
        members = of_class[course.class_name]
        given = list(Teaching(seed, course, members).marks(held.get(course.id, []), absent))
        marks += given
        of_periods += period_marks(seed, terms[course.class_name], course, members, given)
    return marks, of_periods
