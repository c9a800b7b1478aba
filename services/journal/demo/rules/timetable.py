"""A week of lessons in which nobody is in two places at once. Pure."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from services.journal.demo.rules.chance import chance
from services.journal.demo.rules.curriculum import CLASSES, PINNED, ClassPlan, teacher_of

_MOST_TRIES = 500


@dataclass(frozen=True)
class Slot:
    """A lesson of the week."""

    class_name: str
    subject: str
    weekday: int
    number: int


class _NoRoomError(Exception):
    """This shuffle led nowhere."""


def timetable(seed: str) -> list[Slot]:
    """The week of all classes: lessons without gaps from the first on, hours as the curriculum says."""
    for attempt in range(_MOST_TRIES):
        rng = chance(f"{seed}:timetable:{attempt}")
        try:
            return _week(rng)
        except _NoRoomError:
            continue
    raise ValueError(f"no timetable was found for seed {seed!r}")


def _week(rng: random.Random) -> list[Slot]:
    busy: set[tuple[str, int, int]] = set()
    slots: list[Slot] = []
    for plan in CLASSES:
        for subject, places in PINNED.get(plan.name, {}).items():
            for weekday, number in places:
                slots.append(Slot(plan.name, subject, weekday, number))
                busy.add((teacher_of(plan, subject), weekday, number))
    for plan in reversed(CLASSES):
        slots += _class_week(plan, busy, rng)
    return slots


def _class_week(plan: ClassPlan, busy: set[tuple[str, int, int]], rng: random.Random) -> list[Slot]:
    """Fills the free places of a class's week; what has most hours left for the days left goes first."""
    pinned = {place for places in PINNED.get(plan.name, {}).values() for place in places}
    left = Counter(plan.hours)
    left -= Counter({subject: len(places) for subject, places in PINNED.get(plan.name, {}).items()})
    lengths = _day_lengths(sum(plan.hours.values()), plan.week)
    free = [(day, number) for day in range(plan.week) for number in range(1, lengths[day] + 1)]
    on_day: Counter[tuple[str, int]] = Counter()
    slots = []
    for day, number in (place for place in free if place not in pinned):
        choices = [
            subject
            for subject in left
            if left[subject] > 0
            and (teacher_of(plan, subject), day, number) not in busy
            and on_day[subject, day] < 1 + (plan.hours[subject] > plan.week)
        ]
        if not choices:
            raise _NoRoomError
        subject = max(choices, key=lambda name: left[name] / (plan.week - day) + rng.random() * 0.5)
        left[subject] -= 1
        on_day[subject, day] += 1
        busy.add((teacher_of(plan, subject), day, number))
        slots.append(Slot(plan.name, subject, day, number))
    return slots


def _day_lengths(hours: int, days: int) -> list[int]:
    """Lessons of each day of the week, the longer days first."""
    return [hours // days + (day < hours % days) for day in range(days)]
