"""Who was away, late or exempt, and why. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.journal.demo.rules.chance import Ids, chance
from services.journal.demo.rules.lessons import Lesson
from services.journal.demo.rules.people import Pupil

SPORT = "Физическая культура"
FALLS_ILL, FAMILY_REASON = 0.008, 0.004
SKIPS, SKIP_IS_JUDGED = 0.004, 0.3
LATE, LATE_FOR_THE_FIRST = 0.002, 0.012
SPELL_IS_EXCUSED = 0.92
EXEMPT_DAYS = dt.timedelta(days=14)
SPARED_ALL_YEAR = 1 / 70
"""Share of the pupils whom a doctor keeps from sports."""


@dataclass(frozen=True)
class Seen:
    """What the teacher wrote of a pupil in a lesson."""

    id: uuid.UUID
    student_id: uuid.UUID
    lesson: Lesson
    status: str
    minutes_late: int | None = None


@dataclass(frozen=True)
class Spell:
    """Days away, half-open; without a reason nobody has said why yet."""

    student_id: uuid.UUID
    from_day: dt.date
    to_day: dt.date
    reason: str | None


def spells(seed: str, pupil: Pupil, days: Sequence[dt.date], day: dt.date) -> list[Spell]:
    """Whole days away, up to `day`. Why is known once the pupil is back."""
    rng = chance(f"{seed}:spells:{pupil.person.id}")
    found: list[Spell] = []
    index = 0
    while index < len(days):
        drawn, length = rng.random(), rng.randrange(3, 9)
        if drawn >= FALLS_ILL + FAMILY_REASON:
            index += 1
            continue
        ill = drawn < FALLS_ILL
        last = min(index + (length if ill else 1 + length % 2), len(days)) - 1
        back = days[last] + dt.timedelta(days=1)
        excused = rng.random() < SPELL_IS_EXCUSED and back <= day
        found.append(Spell(pupil.person.id, days[index], back, ("ill" if ill else "valid") if excused else None))
        index = last + 1
    return [spell for spell in found if spell.from_day <= day]


def spared_all_year(seed: str, pupil: Pupil) -> bool:
    """Whether the pupil does no sports this year."""
    return chance(f"{seed}:spared:{pupil.person.id}").random() < SPARED_ALL_YEAR


def seen(seed: str, pupil: Pupil, lessons: Sequence[Lesson], away: list[Spell]) -> Iterator[Seen]:
    """Facts of one pupil in the lessons that were held; a lesson skipped on a day may be judged in `away`."""
    rng = chance(f"{seed}:seen:{pupil.person.id}")
    ids = Ids(f"{seed}:seen ids:{pupil.person.id}")
    known = list(away)
    spared = spared_all_year(seed, pupil)
    for lesson in lessons:
        if not pupil.on(lesson.taught_on):
            continue
        drawn = rng.random()
        late = LATE_FOR_THE_FIRST if lesson.number == 1 else LATE
        if any(spell.from_day <= lesson.taught_on < spell.to_day for spell in known):
            yield Seen(ids.on(lesson.taught_on), pupil.person.id, lesson, "absent")
        elif drawn < SKIPS:
            if rng.random() < SKIP_IS_JUDGED and all(spell.from_day != lesson.taught_on for spell in away):
                next_day = lesson.taught_on + dt.timedelta(days=1)
                away.append(Spell(pupil.person.id, lesson.taught_on, next_day, "invalid"))
            yield Seen(ids.on(lesson.taught_on), pupil.person.id, lesson, "absent")
        elif drawn < SKIPS + late:
            yield Seen(ids.on(lesson.taught_on), pupil.person.id, lesson, "late", rng.randrange(2, 16))
        elif lesson.subject == SPORT and (spared or _spared(known, lesson.taught_on)):
            yield Seen(ids.on(lesson.taught_on), pupil.person.id, lesson, "exempt")


def _spared(known: Sequence[Spell], day: dt.date) -> bool:
    """Who was ill does no sports for two weeks."""
    return any(spell.reason == "ill" and spell.to_day <= day < spell.to_day + EXEMPT_DAYS for spell in known)
