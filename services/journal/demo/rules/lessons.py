"""Courses and their dated lessons. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.journal.courses.rules import GRADES_WITHOUT_MARKS
from services.journal.demo.rules.chance import Ids
from services.journal.demo.rules.curriculum import topic
from services.journal.demo.rules.plan import SchoolPlan
from services.journal.demo.rules.timetable import Slot

HELD_TODAY = 2
"""Lessons of the day itself that are over; the rest waits for whoever tries the journal."""


@dataclass(frozen=True)
class Course:
    """A subject taught to a class by one teacher."""

    id: uuid.UUID
    class_name: str
    subject: str
    teacher_id: uuid.UUID
    marked: bool


@dataclass(frozen=True)
class Lesson:
    """A dated lesson; a held one has its roll taken."""

    id: uuid.UUID
    course_id: uuid.UUID
    class_name: str
    subject: str
    taught_on: dt.date
    number: int
    topic: str
    held: bool

    def over_at(self, zone: dt.tzinfo) -> dt.datetime:
        """When the teacher closed the book."""
        start = dt.datetime.combine(self.taught_on, dt.time(8, 45), zone)
        return start + dt.timedelta(minutes=55 * (self.number - 1))


def courses(seed: str, start: dt.date, staff: Mapping[str, uuid.UUID], school: SchoolPlan) -> list[Course]:
    """One course per class and subject."""
    ids = Ids(f"{seed}:courses:{start.year}")
    return [
        Course(ids.on(start), plan.name, subject, staff[school.teacher_of(plan.name, subject)],
               plan.grade not in GRADES_WITHOUT_MARKS)
        for plan in school.classes
        for subject in plan.hours
    ]  # fmt: skip


def lessons(
    seed: str, day: dt.date, days: Sequence[dt.date], week: Sequence[Slot], known: Sequence[Course]
) -> list[Lesson]:
    """The week laid over all school days, in the order in which lessons are held."""
    by_place = {(course.class_name, course.subject): course for course in known}
    of_weekday: dict[int, list[Slot]] = {}
    for slot in sorted(week, key=lambda s: (s.number, s.class_name)):
        of_weekday.setdefault(slot.weekday, []).append(slot)
    ids = Ids(f"{seed}:lessons:{days[0].year}")
    counts: dict[uuid.UUID, int] = {}
    found = []
    for date in days:
        for slot in of_weekday.get(date.weekday(), ()):
            course = by_place[slot.class_name, slot.subject]
            index = counts[course.id] = counts.get(course.id, -1) + 1
            held = date < day or (date == day and slot.number <= HELD_TODAY)
            found.append(
                Lesson(
                    ids.on(date), course.id, course.class_name, course.subject, date, slot.number,
                    topic(course.subject, index), held,
                )
            )  # fmt: skip
    return found
