"""Marks of lessons and of periods that are over. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.journal.calendar.rules import day_in, pattern_for
from services.journal.demo.rules.chance import Ids, chance
from services.journal.demo.rules.curriculum import MOST_SUBJECTS, WRITTEN
from services.journal.demo.rules.lessons import Course, Lesson
from services.journal.demo.rules.people import Pupil
from services.journal.marks.rules import weighted_average
from services.journal.period_marks.rules import NOT_ATTESTED, proposed_mark
from services.journal.scales.defaults import WORK_TYPES

WEIGHTS = {code: weight for code, _, _, weight in WORK_TYPES}
LARGE_EVERY, SMALL_EVERY = 10, 5
ANSWERS, HOMEWORK = 0.13, 0.2
"""Share of the pupils present who are asked in a lesson; share of lessons in which homework is marked."""


@dataclass(frozen=True)
class Item:
    """A column of a lesson."""

    id: uuid.UUID
    lesson: Lesson
    work_type: str


@dataclass(frozen=True)
class Given:
    """A mark."""

    id: uuid.UUID
    item: Item
    student_id: uuid.UUID
    slot: int
    symbol: str


@dataclass(frozen=True)
class PeriodGiven:
    """A mark of a period that is over."""

    id: uuid.UUID
    kind: str
    ordinal: int
    course_id: uuid.UUID
    student_id: uuid.UUID
    symbol: str
    reason: str
    on_day: dt.date


class Teaching:
    """How one course goes: what is done in which lesson, and how its pupils do."""

    def __init__(self, seed: str, course: Course, pupils: Sequence[Pupil]) -> None:
        self._rng = chance(f"{seed}:marks:{course.id}")
        self._ids = Ids(f"{seed}:marks:{course.id}")
        self._course = course
        self._pupils = [(pupil, self._ability(seed, pupil)) for pupil in pupils]

    def _ability(self, seed: str, pupil: Pupil) -> float:
        general = chance(f"{seed}:ability:{pupil.person.id}").gauss(4.0, 0.5)
        return general + self._rng.gauss(0, 0.25)

    def marks(self, held: Sequence[Lesson], absent: Mapping[uuid.UUID, set[uuid.UUID]]) -> Iterator[Given]:
        """Marks of the lessons that were held, none for who was away. A course without marks has none."""
        if not self._course.marked:
            return
        for index, lesson in enumerate(held):
            away = absent.get(lesson.id, set())
            present = [
                (pupil, ability)
                for pupil, ability in self._pupils
                if pupil.on(lesson.taught_on) and pupil.person.id not in away
            ]
            for work_type in self._works(index):
                yield from self._column(lesson, work_type, present)

    def _works(self, index: int) -> list[str]:
        """Kinds of work of the n-th lesson."""
        small, large = WRITTEN.get(self._course.subject, MOST_SUBJECTS)
        if index % LARGE_EVERY == LARGE_EVERY - 1:
            return [large]
        if index % SMALL_EVERY == SMALL_EVERY - 1:
            return [small]
        return ["answer", "homework"] if self._rng.random() < HOMEWORK else ["answer"]

    def _column(self, lesson: Lesson, work_type: str, present: Sequence[tuple[Pupil, float]]) -> Iterator[Given]:
        whole = work_type not in ("answer", "homework")
        asked = present if whole else [one for one in present if self._rng.random() < ANSWERS]
        if not asked:
            return
        item = Item(self._ids.on(lesson.taught_on), lesson, work_type)
        for pupil, ability in asked:
            for slot in range(2 if work_type == "essay" else 1):
                symbol = str(min(5, max(2, round(self._rng.gauss(ability, 0.7)))))
                yield Given(self._ids.on(lesson.taught_on), item, pupil.person.id, slot, symbol)


@dataclass(frozen=True)
class Term:
    """A quarter or half-year of a grade."""

    kind: str
    ordinal: int
    starts_on: dt.date
    ends_on: dt.date


def terms_over(first_year: int, grade: int, day: dt.date) -> list[Term]:
    """Periods of the grade that ended before `day`."""
    return [
        Term(period.kind, period.ordinal, day_in(first_year, period.first), day_in(first_year, period.last))
        for period in pattern_for(first_year).periods
        if period.grade_from <= grade <= period.grade_to and day_in(first_year, period.last) < day
    ]


def period_marks(
    seed: str, terms: Sequence[Term], course: Course, pupils: Sequence[Pupil], given: Sequence[Given]
) -> Iterator[PeriodGiven]:
    """What the school's rule proposes of each pupil who was there to the end; without marks «н/а»."""
    if not course.marked:
        return
    ids = Ids(f"{seed}:period marks:{course.id}")
    for term in terms:
        numbers: dict[uuid.UUID, list[tuple[Decimal, Decimal]]] = {}
        for mark in given:
            if term.starts_on <= mark.item.lesson.taught_on <= term.ends_on:
                worth = (Decimal(mark.symbol), WEIGHTS[mark.item.work_type])
                numbers.setdefault(mark.student_id, []).append(worth)
        for pupil in pupils:
            if not pupil.on(term.ends_on):
                continue
            proposed = proposed_mark(weighted_average(numbers.get(pupil.person.id, ())), "five")
            yield PeriodGiven(
                ids.on(term.ends_on), term.kind, term.ordinal, course.id, pupil.person.id,
                proposed or NOT_ATTESTED, "" if proposed else "valid", term.ends_on,
            )  # fmt: skip
