"""What the sheet says: every figure and name, computed once for all formats. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.reports.indicators.rules import (
    EXEMPT,
    NOT_ATTESTED,
    Category,
    ClassFigures,
    SubjectFigures,
    category,
    class_figures,
    mean,
    one_four,
    percent,
    subject_figures,
)
from services.reports.snapshots.rules import ClassYear, InOffice, Period

TITLE = "Итоги успеваемости класса за учебный период"
COUNTED = ("5", "4", "3", "2", NOT_ATTESTED, EXEMPT)
"""What is counted for each pupil, in the order of its columns; a 1 is counted among the 2s."""
GRADE_WITHOUT_MARKS = 1

_ROMAN = ("I", "II", "III", "IV")
_KINDS = {"quarter": "четверть", "half_year": "полугодие"}
_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
CATEGORY_TITLES: Mapping[Category, str] = {
    Category.EXCELLENT: "успевает на «5»",
    Category.GOOD: "на «4» и «5»",
    Category.ONE_THREE: "с одной «3»",
    Category.SATISFACTORY: "на «3», «4», «5»",
    Category.FAILING: "не успевает",
    Category.NOT_ATTESTED: "не аттестован",
    Category.NO_DATA: "нет отметок",
}
ONE_FOUR_TITLE = "с одной «4»"


@dataclass(frozen=True)
class SubjectColumn:
    title: str
    teacher: str
    """Short name of who taught it last in the period; empty when nobody did or teachers are left out."""
    figures: SubjectFigures


@dataclass(frozen=True)
class PupilRow:
    name: str
    marks: tuple[str, ...]
    """One a subject; empty where there is none."""
    average: Decimal | None
    counts: tuple[int, ...]
    """As `COUNTED`."""
    category: str
    missed: int
    """Lessons, of all subjects."""
    missed_ill: int


class Kind(StrEnum):
    """What a figure is, and so how it is shown."""

    COUNT = "count"
    PERCENT = "percent"
    MEAN = "mean"
    TENTHS = "tenths"


@dataclass(frozen=True)
class Total:
    """A figure of the whole class."""

    title: str
    value: Decimal | None
    kind: Kind = Kind.COUNT
    part: bool = False
    """Of the figure before it."""


@dataclass(frozen=True)
class Results:
    """The whole sheet."""

    school: str
    class_name: str
    period: str
    school_year: str
    days: str
    as_of: dt.datetime
    """In the school's zone."""
    subjects: tuple[SubjectColumn, ...]
    pupils: tuple[PupilRow, ...]
    figures: ClassFigures
    missed: int
    missed_ill: int
    class_teacher: str
    """As it stands behind the line to sign on; empty when nobody led the class."""
    with_absences: bool
    with_teachers: bool
    remarks: tuple[str, ...]
    """What is missing, in words."""

    @property
    def pupils_by_category(self) -> tuple[Total, ...]:
        """How many pupils, and how they do."""
        categories = self.figures.categories
        return (
            Total("Обучающихся", Decimal(len(self.pupils))),
            Total("Успевают на «5»", Decimal(categories[Category.EXCELLENT])),
            Total("На «4» и «5»", Decimal(categories[Category.GOOD])),
            Total("из них с одной «4»", Decimal(self.figures.one_four), part=True),
            Total("С одной «3»", Decimal(categories[Category.ONE_THREE])),
            Total("На «3», «4», «5»", Decimal(categories[Category.SATISFACTORY])),
            Total("Не успевают", Decimal(categories[Category.FAILING])),
            Total("Не аттестованы", Decimal(categories[Category.NOT_ATTESTED])),
            Total("Нет отметок", Decimal(categories[Category.NO_DATA])),
        )

    @property
    def class_totals(self) -> tuple[Total, ...]:
        """The indicators of the class and, if wanted, what it missed."""
        found = [
            Total("Успеваемость", percent(self.figures.pass_rate), Kind.PERCENT),
            Total("Качество знаний", percent(self.figures.quality), Kind.PERCENT),
            Total("СОУ", percent(self.figures.learning_degree), Kind.PERCENT),
            Total("Средний балл", mean(self.figures.average), Kind.MEAN),
        ]
        if self.with_absences:
            each = Decimal(self.missed) / len(self.pupils) if self.pupils else None
            found += [
                Total("Пропущено уроков", Decimal(self.missed)),
                Total("по болезни", Decimal(self.missed_ill), part=True),
                Total("на одного", percent(each), Kind.TENTHS, part=True),
            ]
        return tuple(found)


def results(year: ClassYear, period_id: uuid.UUID, with_absences: bool = True, with_teachers: bool = True) -> Results:
    """The sheet of a period. Who left before its last day is neither listed nor counted.

    Raises KeyError when the class has no such period.
    """
    places = {period.id: place for place, period in enumerate(year.periods)}
    at = places[period_id]
    period = year.periods[at]
    present = [place for place, student in enumerate(year.students) if student.member_at_end_of(period)]
    taught = [place for place, course in enumerate(year.courses) if course.kind == "lesson"]
    marks = {
        student: tuple(year.period_marks.get((student, course, at), "") for course in taught) for student in present
    }
    missed = _missed(year, period, present)
    ill = _missed(year, period, present, "ill")
    return Results(
        school=year.school,
        class_name=f"{year.grade_level}{year.letter}",
        period=f"{_ROMAN[period.ordinal - 1]} {_KINDS[period.kind]}",
        school_year=f"{year.year[0].year}/{year.year[1].year % 100:02}",
        days=f"{_day(period.starts_on)} — {_day(period.ends_on)} {period.ends_on.year} г.",
        as_of=year.as_of,
        subjects=tuple(
            SubjectColumn(
                title=year.courses[course].subject,
                teacher=_last_of(year.courses[course].teachers, period) if with_teachers else "",
                figures=subject_figures([marks[student][column] for student in present if marks[student][column]]),
            )
            for column, course in enumerate(taught)
        ),
        pupils=tuple(
            _row(year.students[student].name.full, marks[student], missed[student], ill[student])
            for student in present
        ),
        figures=class_figures([[symbol for symbol in marks[student] if symbol] for student in present]),
        missed=sum(missed.values()),
        missed_ill=sum(ill.values()),
        class_teacher=_leader(year, period),
        with_absences=with_absences,
        with_teachers=with_teachers,
        remarks=_remarks(year, bool(present), bool(taught), any(any(own) for own in marks.values())),
    )


def _row(name: str, marks: Sequence[str], missed: int, ill: int) -> PupilRow:
    given = [symbol for symbol in marks if symbol]
    title = ONE_FOUR_TITLE if one_four(given) else CATEGORY_TITLES[category(given)]
    own = subject_figures(given)
    counts = tuple(own.count(symbol) for symbol in COUNTED)
    return PupilRow(name, tuple(marks), own.average, counts, title, missed, ill)


def _missed(year: ClassYear, period: Period, present: Sequence[int], reason: str | None = None) -> dict[int, int]:
    """Lessons of the period that each pupil missed, all or for one reason."""
    found = dict.fromkeys(present, 0)
    for absence in year.absences:
        within = period.starts_on <= absence.on <= period.ends_on
        if within and absence.student in found and reason in (None, absence.reason):
            found[absence.student] += 1
    return found


def _last_of(teachers: Sequence[InOffice], period: Period) -> str:
    """Who taught on the last day of the period, else who did last within it."""
    own = [one for one in teachers if one.term.first <= period.ends_on]
    within = [one for one in own if one.term.last is None or one.term.last > period.starts_on]
    return max(within, key=lambda one: one.term.first).name.short if within else ""


def _leader(year: ClassYear, period: Period) -> str:
    own = [one for one in year.class_teachers if one.term.first <= period.ends_on]
    within = [one for one in own if one.term.last is None or one.term.last > period.starts_on]
    return max(within, key=lambda one: one.term.first).name.signature if within else ""


def _remarks(year: ClassYear, pupils: bool, courses: bool, marks: bool) -> tuple[str, ...]:
    if not pupils:
        return ("В классе нет обучающихся на конец периода.",)
    if not courses:
        return ("У класса нет предметов.",)
    if year.grade_level == GRADE_WITHOUT_MARKS and not marks:
        return ("В 1 классе отметок не ставят, поэтому показатели успеваемости не рассчитываются.",)
    if not marks:
        return ("Отметки за период ещё не выставлены, поэтому показатели не рассчитываются.",)
    return ()


def _day(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"
