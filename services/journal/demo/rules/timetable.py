"""A week of lessons in which nobody is in two places at once. Pure."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from services.journal.demo.rules.chance import chance
from services.journal.demo.rules.curriculum import PINNED, ClassPlan
from services.journal.demo.rules.plan import SchoolPlan

_MOST_TRIES = 500
_CLASSES_TO_TRY_AGAIN = 10

Busy = tuple[str, int, int]
"""A teacher's key, weekday, number of the lesson."""


@dataclass(frozen=True)
class Slot:
    """A lesson of the week."""

    class_name: str
    subject: str
    weekday: int
    number: int


class _NoRoomError(Exception):
    """This shuffle led nowhere."""


def timetable(seed: str, school: SchoolPlan) -> list[Slot]:
    """The week of all classes: lessons without gaps from the first on, hours as the curriculum says."""
    for attempt in range(_MOST_TRIES):
        rng = chance(f"{seed}:timetable:{attempt}")
        try:
            return _week(school, rng)
        except _NoRoomError:
            continue
    raise ValueError(f"no timetable was found for seed {seed!r}")


def _week(school: SchoolPlan, rng: random.Random) -> list[Slot]:
    busy: set[Busy] = set()
    slots: list[Slot] = []
    for subject, places in PINNED.items():
        for weekday, number in places:
            slots.append(Slot(school.shown.name, subject, weekday, number))
            busy.add((school.teacher_of(school.shown.name, subject), weekday, number))
    # In a big school most classes find their places; one that does not is tried again before all are.
    tries = 1 + len(school.classes) // _CLASSES_TO_TRY_AGAIN * _MOST_TRIES
    order = reversed(school.classes) if tries == 1 else sorted(school.classes, key=_places)
    for plan in order:
        found = _tried(school, plan, busy, rng, tries)
        busy |= {(school.teacher_of(slot.class_name, slot.subject), slot.weekday, slot.number) for slot in found}
        slots += found
    return slots


def _places(plan: ClassPlan) -> int:
    """Lessons a week: who has few places chooses first."""
    return sum(plan.hours.values())


def _tried(school: SchoolPlan, plan: ClassPlan, busy: set[Busy], rng: random.Random, tries: int) -> list[Slot]:
    for _ in range(tries - 1):
        try:
            return _class_week(school, plan, busy, rng)
        except _NoRoomError:
            continue
    return _class_week(school, plan, busy, rng)


def _class_week(school: SchoolPlan, plan: ClassPlan, busy: set[Busy], rng: random.Random) -> list[Slot]:
    """Fills the free places of a class's week; what has most hours left for the days left goes first."""
    fixed = PINNED if plan is school.shown else {}
    pinned = {place for places in fixed.values() for place in places}
    left = Counter(plan.hours)
    left -= Counter({subject: len(places) for subject, places in fixed.items()})
    lengths = _day_lengths(sum(plan.hours.values()), plan.week)
    free = [(day, number) for day in range(plan.week) for number in range(1, lengths[day] + 1)]
    on_day: Counter[tuple[str, int]] = Counter()
    slots = []
    for day, number in (place for place in free if place not in pinned):
        choices = [
            subject
            for subject in left
            if left[subject] > 0
            and (school.teacher_of(plan.name, subject), day, number) not in busy
            and on_day[subject, day] < 1 + (plan.hours[subject] > plan.week)
        ]
        if not choices:
            raise _NoRoomError
        subject = max(choices, key=lambda name: left[name] / (plan.week - day) + rng.random() * 0.5)
        left[subject] -= 1
        on_day[subject, day] += 1
        slots.append(Slot(plan.name, subject, day, number))
    return slots


def _day_lengths(hours: int, days: int) -> list[int]:
    """Lessons of each day of the week, the longer days first."""
    return [hours // days + (day < hours % days) for day in range(days)]
