"""A class's year as journal wrote it down, parsed. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Name:
    last: str
    first: str
    middle: str

    @property
    def full(self) -> str:
        return " ".join(part for part in (self.last, self.first, self.middle) if part)

    @property
    def short(self) -> str:
        """«Османова Л. Р.», held together by no-break spaces."""
        return "\u00a0".join([self.last, *(f"{part[0]}." for part in (self.first, self.middle) if part)])

    @property
    def signature(self) -> str:
        """«Л. Р. Османова», as it stands behind a line to sign on."""
        return "\u00a0".join([*(f"{part[0]}." for part in (self.first, self.middle) if part), self.last])


@dataclass(frozen=True)
class Term:
    """Days from the first to before the last, or for good."""

    first: dt.date
    last: dt.date | None

    def holds(self, day: dt.date) -> bool:
        return self.first <= day and (self.last is None or day < self.last)


@dataclass(frozen=True)
class InOffice:
    """Who led or taught, and when."""

    name: Name
    term: Term


@dataclass(frozen=True)
class Period:
    id: uuid.UUID
    kind: str
    """quarter or half_year."""
    ordinal: int
    starts_on: dt.date
    ends_on: dt.date
    """The last day of the period."""


@dataclass(frozen=True)
class Student:
    name: Name
    terms: tuple[Term, ...]

    def member_at_end_of(self, period: Period) -> bool:
        return any(term.holds(period.ends_on) for term in self.terms)


@dataclass(frozen=True)
class Course:
    subject: str
    kind: str
    teachers: tuple[InOffice, ...]


@dataclass(frozen=True)
class Absence:
    """A lesson that a pupil missed; `reason` is ill, valid, invalid or empty."""

    student: int
    course: int
    on: dt.date
    number: int
    reason: str


@dataclass(frozen=True)
class ClassYear:
    """The facts; marks and absences name pupils, courses and periods by their places in the lists."""

    as_of: dt.datetime
    """In the school's zone: the last change among all this."""
    school: str
    year: tuple[dt.date, dt.date]
    grade_level: int
    letter: str
    class_teachers: tuple[InOffice, ...]
    periods: tuple[Period, ...]
    students: tuple[Student, ...]
    courses: tuple[Course, ...]
    period_marks: Mapping[tuple[int, int, int], str]
    """By pupil, course and period."""
    absences: tuple[Absence, ...]


def class_year(document: Mapping[str, Any]) -> ClassYear:
    """Reads the document of a snapshot of kind `class_year`."""
    return ClassYear(
        as_of=dt.datetime.fromisoformat(document["as_of"]).astimezone(ZoneInfo(document["school"]["zone"])),
        school=document["school"]["name"],
        year=(_day(document["year"]["starts_on"]), _day(document["year"]["ends_on"])),
        grade_level=document["class"]["grade_level"],
        letter=document["class"]["letter"],
        class_teachers=_in_office(document["class_teachers"]),
        periods=tuple(
            Period(uuid.UUID(row["id"]), row["kind"], row["ordinal"], _day(row["starts_on"]), _day(row["ends_on"]))
            for row in document["periods"]
        ),
        students=tuple(
            Student(_name(row), tuple(_term(term) for term in row["terms"])) for row in document["students"]
        ),
        courses=tuple(
            Course(row["subject"], row["kind"], _in_office(row["teachers"])) for row in document["courses"]
        ),
        period_marks={
            (student, course, period): symbol for student, course, period, symbol, _ in document["period_marks"]
        },
        absences=tuple(
            Absence(student, course, _day(day), number, reason)
            for student, course, day, number, reason in document["absences"]
        ),
    )


def _in_office(rows: Sequence[Mapping[str, Any]]) -> tuple[InOffice, ...]:
    return tuple(InOffice(_name(row), _term(row)) for row in rows)


def _name(row: Mapping[str, Any]) -> Name:
    return Name(row["last_name"], row["first_name"], row["middle_name"])


def _term(row: Mapping[str, Any]) -> Term:
    return Term(_day(row["from"]), _day(row["to"]) if row["to"] else None)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
