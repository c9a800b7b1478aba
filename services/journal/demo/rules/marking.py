"""Marks of lessons and of periods that are over. Pure."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.journal.calendar.rules import day_in, pattern_for
from services.journal.demo.rules.absences import SPORT, spared_all_year
from services.journal.demo.rules.chance import Ids, chance
from services.journal.demo.rules.curriculum import MOST_SUBJECTS, WRITTEN
from services.journal.demo.rules.lessons import Course, Lesson
from services.journal.demo.rules.people import Pupil
from services.journal.marks.rules import weighted_average
from services.journal.period_marks.rules import EXEMPT, NOT_ATTESTED, proposed_mark
from services.journal.scales.defaults import WORK_TYPES

WEIGHTS = {code: weight for code, _, _, weight in WORK_TYPES}
LARGE_EVERY, SMALL_EVERY = 10, 5
ANSWERS, HOMEWORK = 0.13, 0.2
"""Share of the pupils present who are asked in a lesson; share of lessons in which homework is marked."""
DOUBTFUL = Decimal("0.15")
RAISED, LOWERED = 0.35, 0.15
"""How often a teacher decides against the proposal when the average lies that close under or over a threshold."""


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
        able = [(pupil, self._ability(seed, pupil)) for pupil in pupils]
        self._pupils = [one for one in able if not _spared(seed, course, one[0])]

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
    """What the teacher decides of each pupil who was there to the end: mostly as the school's rule proposes; without
    marks «н/а», in sports «осв» for those whom a doctor keeps from them."""
    if not course.marked:
        return
    ids, rng = Ids(f"{seed}:period marks:{course.id}"), chance(f"{seed}:decided:{course.id}")
    for term in terms:
        numbers: dict[uuid.UUID, list[tuple[Decimal, Decimal]]] = {}
        for mark in given:
            if term.starts_on <= mark.item.lesson.taught_on <= term.ends_on:
                worth = (Decimal(mark.symbol), WEIGHTS[mark.item.work_type])
                numbers.setdefault(mark.student_id, []).append(worth)
        for pupil in pupils:
            if not pupil.on(term.ends_on):
                continue
            average = weighted_average(numbers.get(pupil.person.id, ()))
            symbol = EXEMPT if _spared(seed, course, pupil) else _decided(rng, average)
            yield PeriodGiven(
                ids.on(term.ends_on), term.kind, term.ordinal, course.id, pupil.person.id,
                symbol, "valid" if symbol == NOT_ATTESTED else "", term.ends_on,
            )  # fmt: skip


def _spared(seed: str, course: Course, pupil: Pupil) -> bool:
    return course.subject == SPORT and spared_all_year(seed, pupil)


def _decided(rng: random.Random, average: Decimal | None) -> str:
    """The teacher's word: the proposal, or in doubt one more or one less."""
    proposed = proposed_mark(average, "five")
    if average is None or proposed is None:
        return NOT_ATTESTED
    drawn = rng.random()
    if drawn < RAISED and proposed_mark(average + DOUBTFUL, "five") != proposed:
        return str(int(proposed) + 1)
    if drawn < LOWERED and proposed_mark(average - DOUBTFUL, "five") != proposed:
        return str(int(proposed) - 1)
    return proposed
