"""What the cells of a call hold now: loaded in a few queries, asked by the command."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.batch import Rows, ask
from services.journal.attendance.rules import SYMBOL_OF_STATUS
from services.journal.calendar.models import Period
from services.journal.calendar.queries import periods_of
from services.journal.marks.rules import Cell
from services.journal.relations.access import CourseAccess
from services.journal.scales.queries import SYMBOLS

_LESSONS = sa.text(
    "SELECT id, taught_on, number, status FROM lesson"
    " WHERE course_id = :course AND id = ANY(:lessons) AND annulled_at IS NULL"
)
_ITEMS = sa.text(
    "SELECT i.id, i.lesson_id, i.on_day, w.code, w.title, l.status, l.number FROM line_item i"
    " JOIN work_type w ON w.school_id = i.school_id AND w.id = i.work_type_id"
    " LEFT JOIN lesson l ON l.school_id = i.school_id AND l.id = i.lesson_id"
    " WHERE i.course_id = :course AND i.id = ANY(:items) AND i.annulled_at IS NULL AND l.annulled_at IS NULL"
)
_CELLS = sa.text(
    "SELECT m.id, m.line_item_id, i.lesson_id, m.student_id, m.slot, m.symbol, NULL, m.comment, m.made_up,"
    " NULL, m.version, m.author_id, m.updated_at"
    " FROM mark m JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
    " WHERE m.course_id = :course AND i.course_id = m.course_id AND m.student_id = ANY(:students)"
    " AND (m.line_item_id = ANY(:items) OR i.lesson_id = ANY(:lessons))"
    " UNION ALL SELECT id, NULL, lesson_id, student_id, 0, NULL, status, '', false,"
    " minutes_late, version, author_id, updated_at FROM attendance"
    " WHERE course_id = :course AND student_id = ANY(:students) AND lesson_id = ANY(:lessons)"
)
_TERMS = sa.text(
    "SELECT student_id, from_day, to_day FROM enrollment WHERE class_id = :class AND student_id = ANY(:students)"
)

Key = tuple[uuid.UUID, uuid.UUID, int]
"""Pupil, lesson (attendance) or line item (mark), slot."""


class Targeted(Protocol):
    """As much of an operation as names its cell."""

    @property
    def student_id(self) -> uuid.UUID: ...
    @property
    def slot(self) -> int: ...
    @property
    def lesson_id(self) -> uuid.UUID | None: ...
    @property
    def line_item_id(self) -> uuid.UUID | None: ...


class LessonRow(NamedTuple):
    """A lesson that stands."""

    id: uuid.UUID
    taught_on: dt.date
    number: int
    status: str


class LineItemRow(NamedTuple):
    """A line item that stands, with its lesson's status and number if it has one."""

    id: uuid.UUID
    lesson_id: uuid.UUID | None
    on_day: dt.date
    code: str
    title: str
    status: str | None
    number: int | None


@dataclass(frozen=True)
class Item:
    """A line item as events tell of it."""

    id: uuid.UUID
    work_type: str
    work_type_title: str


@dataclass(frozen=True)
class Place:
    """Where an operation lands: a pupil's cell of a lesson (attendance) or of a line item (mark)."""

    student_id: uuid.UUID
    slot: int
    on_day: dt.date
    number: int
    status: str
    lesson_id: uuid.UUID | None
    item: Item | None

    @property
    def key(self) -> Key:
        target = self.item.id if self.item is not None else self.lesson_id
        assert target is not None
        return self.student_id, target, self.slot


@dataclass
class Board:
    """The cells in question and all that decides about them."""

    course_id: uuid.UUID
    subject: str
    numbers: dict[str, Decimal | None]
    periods: Sequence[Period]
    cells: dict[Key, Cell]
    lessons: Mapping[uuid.UUID, LessonRow]
    items: Mapping[uuid.UUID, LineItemRow]
    lesson_of_item: dict[uuid.UUID, uuid.UUID | None]
    terms: dict[uuid.UUID, list[tuple[dt.date, dt.date | None]]]

    def place_of(self, operation: Targeted) -> Place | None:
        """The cell an operation names; None for what is not of this course."""
        if operation.line_item_id is not None:
            item = self.items.get(operation.line_item_id)
            if item is None:
                return None
            return Place(
                operation.student_id,
                operation.slot,
                item.on_day,
                item.number or 0,
                item.status or "held",
                item.lesson_id,
                Item(item.id, item.code, item.title),
            )
        lesson = self.lessons.get(operation.lesson_id) if operation.lesson_id else None
        if lesson is None or operation.slot != 0:
            return None
        return Place(operation.student_id, 0, lesson.taught_on, lesson.number, lesson.status, lesson.id, None)

    def is_member(self, student_id: uuid.UUID, day: dt.date) -> bool:
        """Whether the pupil belongs to the class on that day."""
        return any(start <= day and (end is None or day < end) for start, end in self.terms.get(student_id, ()))

    def is_absent(self, student_id: uuid.UUID, lesson_id: uuid.UUID) -> bool:
        """Whether the pupil was not in that lesson."""
        cell = self.cells.get((student_id, lesson_id, 0))
        return cell is not None and cell.symbol == SYMBOL_OF_STATUS["absent"]

    def has_mark(self, student_id: uuid.UUID, lesson_id: uuid.UUID | None) -> bool:
        """Whether a mark that was not made up stands in that lesson."""
        return any(
            cell.symbol is not None and not cell.made_up
            for (student, target, _), cell in self.cells.items()
            if student == student_id and target in self.lesson_of_item and self.lesson_of_item[target] == lesson_id
        )


def load_board(session: Session, access: CourseAccess, operations: Sequence[Targeted]) -> Board:
    """Reads what the operations touch; the course's row is locked already."""
    course = access.course
    asked: dict[str, Any] = {
        "course": course.id,
        "students": list({o.student_id for o in operations}),
        "items": list({o.line_item_id for o in operations if o.line_item_id}),
        "lessons": list({o.lesson_id for o in operations if o.lesson_id}),
    }
    found_items, found_lessons, symbols, found_terms = ask(
        session,
        (_ITEMS, asked),
        (_LESSONS, asked),
        (SYMBOLS, {"scale": course.scale_id}),
        (_TERMS, asked | {"class": course.class_id}),
    )
    items = {row[0]: LineItemRow(*row) for row in found_items}
    lessons = {item.lesson_id for item in items.values() if item.lesson_id}.union(asked["lessons"])
    (found_cells,) = ask(session, (_CELLS, {**asked, "lessons": list(lessons)}))
    lesson_of_item: dict[uuid.UUID, uuid.UUID | None] = {item.id: item.lesson_id for item in items.values()}
    cells = _cells(found_cells, lesson_of_item)
    terms: dict[uuid.UUID, list[tuple[dt.date, dt.date | None]]] = {}
    for student_id, start, end in found_terms:
        terms.setdefault(student_id, []).append((start, end))
    return Board(
        course_id=course.id,
        subject=access.subject,
        numbers=dict(symbols),
        periods=periods_of(session, course.year_id, access.school_class.grade_level),
        cells=cells,
        lessons={row[0]: LessonRow(*row) for row in found_lessons},
        items=items,
        lesson_of_item=lesson_of_item,
        terms=terms,
    )


def load_lesson(session: Session, access: CourseAccess, lesson_id: uuid.UUID, students: Sequence[uuid.UUID]) -> Board:
    """As much of a board as the roll of a lesson asks about: its cells and the periods."""
    asked = {"course": access.course.id, "students": list(students), "items": [], "lessons": [lesson_id]}
    lesson_of_item: dict[uuid.UUID, uuid.UUID | None] = {}
    (found,) = ask(session, (_CELLS, asked))
    return Board(
        course_id=access.course.id,
        subject=access.subject,
        numbers={},
        periods=periods_of(session, access.course.year_id, access.school_class.grade_level),
        cells=_cells(found, lesson_of_item),
        lessons={},
        items={},
        lesson_of_item=lesson_of_item,
        terms={},
    )


def _cells(found: Rows, lesson_of_item: dict[uuid.UUID, uuid.UUID | None]) -> dict[Key, Cell]:
    """Rows of `_CELLS` by pupil, target and slot; the lessons of their line items are added to `lesson_of_item`."""
    cells: dict[Key, Cell] = {}
    for cell_id, item_id, lesson_id, student_id, slot, symbol, status, *rest in found:
        if item_id is not None:
            lesson_of_item[item_id] = lesson_id
        comment, made_up, minutes, version, author_id, updated_at = rest
        shown = SYMBOL_OF_STATUS[status] if status else symbol
        cell = Cell(shown, comment, made_up, minutes, version, author_id, updated_at, cell_id)
        cells[student_id, item_id or lesson_id, slot] = cell
    return cells
