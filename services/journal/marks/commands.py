"""The one conflict-safe write of the journal page.

Every operation carries the version of the cell it was typed upon. What somebody else changed meanwhile is
answered as a conflict, never overwritten; what was applied once is applied once, however often it is sent.
The course's row is locked first, so that two writers of one course follow each other.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import now
from services.common.db import new_id
from services.common.problems import wrong
from services.journal.attendance.rules import SYMBOL_OF_STATUS, code_for
from services.journal.calendar.models import Period
from services.journal.calendar.rules import holding
from services.journal.lessons.commands import add_line_item, known_work_type, lock_course
from services.journal.lessons.models import Lesson
from services.journal.marks.cells import Board, Place, load_board
from services.journal.marks.facts import Change, store, tell
from services.journal.marks.remembering import Remembered, digest_of, remember, remembered
from services.journal.marks.rules import EMPTY, Cell, Outcome, Refusal, Wish, lesson_editable, outcome
from services.journal.relations.access import CourseAccess


@dataclass(frozen=True)
class LineItemWish:
    """A column asked for: with `ordinal` found or made, without the next free one."""

    op_id: uuid.UUID
    lesson_id: uuid.UUID
    work_type: str
    ordinal: int | None = None


@dataclass(frozen=True)
class Operation:
    """One change of one cell; exactly one of the three targets is set."""

    student_id: uuid.UUID
    wish: Wish
    slot: int = 0
    lesson_id: uuid.UUID | None = None
    line_item_id: uuid.UUID | None = None
    line_item_op: uuid.UUID | None = None


@dataclass
class Answer:
    """What became of each operation."""

    applied: list[tuple[uuid.UUID, int]] = field(default_factory=list)
    conflicts: list[tuple[uuid.UUID, Cell]] = field(default_factory=list)
    refused: list[tuple[uuid.UUID, Refusal]] = field(default_factory=list)
    line_items: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    touched: set[uuid.UUID] = field(default_factory=set)
    days: set[dt.date] = field(default_factory=set)
    periods: Sequence[Period] = ()


def set_cells(
    session: Session,
    access: CourseAccess,
    author_id: uuid.UUID,
    line_items: Sequence[LineItemWish],
    operations: Sequence[Operation],
    today: dt.date,
) -> Answer:
    """Applies what can be applied. Raises UnprocessableError when two operations name one cell."""
    course = lock_course(session, access.course.id)
    known = remembered(session, author_id, _named(line_items, operations))
    answer = Answer()
    fresh: dict[uuid.UUID, Remembered] = {}
    _make_line_items(session, course.id, line_items, known, answer, fresh)
    resolved = [_resolve(operation, answer, known) for operation in operations]
    _refuse_twice(resolved)
    board = load_board(session, access, resolved)
    answer.periods = board.periods
    changes: list[Change] = []
    for operation in resolved:
        _decide(operation, board, access, known, answer, changes, author_id, today)
    store(session, board, changes)
    remember(session, author_id, fresh | _applied(resolved, answer, known))
    tell(session, board, changes)
    return answer


def _named(line_items: Sequence[LineItemWish], operations: Sequence[Operation]) -> set[uuid.UUID]:
    """Every operation that the call speaks of."""
    of_items = {o.line_item_op for o in operations if o.line_item_op}
    return {*(w.op_id for w in line_items), *(o.wish.op_id for o in operations), *of_items}


def _applied(
    operations: Sequence[Operation], answer: Answer, known: Mapping[uuid.UUID, Remembered]
) -> dict[uuid.UUID, Remembered]:
    """What was applied now, also when it changed nothing."""
    versions = {op_id: version for op_id, version in answer.applied if op_id not in known}
    return {
        operation.wish.op_id: Remembered(_digest(_as_sent(operation)), {"version": versions[operation.wish.op_id]})
        for operation in operations
        if operation.wish.op_id in versions
    }


def _digest(operation: Operation) -> str:
    wish = operation.wish
    return digest_of(
        operation.student_id,
        operation.slot,
        operation.lesson_id,
        operation.line_item_id,
        operation.line_item_op,
        wish.base_version,
        sorted(wish.fields),
        wish.symbol,
        wish.comment,
        wish.made_up,
    )


# --- columns -------------------------------------------------------------------------------------------


def _make_line_items(
    session: Session,
    course_id: uuid.UUID,
    wishes: Sequence[LineItemWish],
    known: Mapping[uuid.UUID, Remembered],
    answer: Answer,
    fresh: dict[uuid.UUID, Remembered],
) -> None:
    for index, wish in enumerate(wishes):
        digest = digest_of("line item", wish.lesson_id, wish.work_type, wish.ordinal)
        before = known.get(wish.op_id)
        if before is not None:
            if before.digest != digest:
                answer.refused.append((wish.op_id, Refusal.OP_ID_REUSED))
            else:
                answer.line_items[wish.op_id] = uuid.UUID(before.answer["line_item_id"])
            continue
        lesson = session.scalars(
            sa.select(Lesson).where(
                Lesson.id == wish.lesson_id, Lesson.course_id == course_id, Lesson.annulled_at.is_(None)
            )
        ).one_or_none()
        if lesson is None:
            answer.refused.append((wish.op_id, Refusal.UNKNOWN_TARGET))
            continue
        work_type = known_work_type(session, wish.work_type, f"/line_items/{index}/work_type")
        course = lock_course(session, course_id)
        item = add_line_item(session, course, work_type, lesson, lesson.taught_on, ordinal=wish.ordinal)
        answer.line_items[wish.op_id] = item.id
        fresh[wish.op_id] = Remembered(digest, {"line_item_id": str(item.id)})


def _resolve(operation: Operation, answer: Answer, known: Mapping[uuid.UUID, Remembered]) -> Operation:
    """The operation with the line item that its `line_item_op` made, in this call or in an earlier one."""
    if operation.line_item_op is None:
        return operation
    made = answer.line_items.get(operation.line_item_op)
    if made is None and operation.line_item_op in known:
        stored = known[operation.line_item_op].answer.get("line_item_id")
        made = uuid.UUID(stored) if stored else None
    return replace(operation, line_item_id=made)


def _refuse_twice(operations: Sequence[Operation]) -> None:
    seen: set[tuple[Any, ...]] = set()
    op_ids: set[uuid.UUID] = set()
    for index, operation in enumerate(operations):
        if operation.wish.op_id in op_ids:
            raise wrong(f"/operations/{index}/op_id", "The same op_id twice in one call.", "same-op")
        op_ids.add(operation.wish.op_id)
        cell = (operation.student_id, operation.lesson_id, operation.line_item_id, operation.slot)
        if cell in seen and (operation.lesson_id or operation.line_item_id):
            raise wrong(f"/operations/{index}", "Two operations on one cell in one call.", "same-cell")
        seen.add(cell)


# --- cells ---------------------------------------------------------------------------------------------


def _decide(
    operation: Operation,
    board: Board,
    access: CourseAccess,
    known: Mapping[uuid.UUID, Remembered],
    answer: Answer,
    changes: list[Change],
    author_id: uuid.UUID,
    today: dt.date,
) -> None:
    wish = operation.wish
    applied = known.get(wish.op_id)
    if applied is not None:
        if applied.digest == _digest(_as_sent(operation)):
            answer.applied.append((wish.op_id, applied.version))
        else:
            answer.refused.append((wish.op_id, Refusal.OP_ID_REUSED))
        return
    place = board.place_of(operation)
    if place is None:
        answer.refused.append((wish.op_id, Refusal.UNKNOWN_TARGET))
        return
    before = board.cells.get(place.key, EMPTY)
    wish = _normal(wish, place)
    refusal = _refusal(wish, place, before, board, access, today)
    if refusal is not None:
        answer.refused.append((wish.op_id, refusal))
        return
    verdict = outcome(before, wish)
    if verdict is Outcome.CONFLICT:
        answer.conflicts.append((wish.op_id, before))
        return
    if verdict is Outcome.UNCHANGED:
        answer.applied.append((wish.op_id, before.version))
        return
    symbol, comment, made_up = wish.on(before)
    after = Cell(symbol, comment, made_up, None, before.version + 1, author_id, now(), before.id or new_id())
    board.cells[place.key] = after
    changes.append(Change(place, before, after))
    answer.applied.append((wish.op_id, after.version))
    answer.touched.add(operation.student_id)
    answer.days.add(place.on_day)


def _as_sent(operation: Operation) -> Operation:
    return replace(operation, line_item_id=None) if operation.line_item_op else operation


def _normal(wish: Wish, place: Place) -> Wish:
    """Letters of attendance in the case in which they are stored; attendance has neither comment nor flag."""
    if place.item is not None:
        return wish
    status = code_for(wish.symbol) if wish.symbol is not None else None
    symbol = SYMBOL_OF_STATUS[status] if status else wish.symbol
    return replace(wish, symbol=symbol, comment="", made_up=False)


def _refusal(
    wish: Wish, place: Place, before: Cell, board: Board, access: CourseAccess, today: dt.date
) -> Refusal | None:
    """Why this cell cannot take this wish, whatever its base."""
    if not board.is_member(place.student_id, place.on_day):
        return Refusal.NOT_A_MEMBER
    period = holding(board.periods, place.on_day)
    closed = period is not None and period.closed_at is not None
    if closed:
        return Refusal.PERIOD_CLOSED
    if not lesson_editable(place.on_day, place.status, today, closed, access.facts.teaches):
        return Refusal.NOT_EDITABLE
    symbol, _, made_up = wish.on(before)
    if symbol is None or (symbol, made_up) == (before.symbol, before.made_up):
        return None  # a comment alone offends nothing
    if place.item is None:
        if code_for(symbol) is None:
            return Refusal.NOT_ON_SCALE
        stands = symbol == SYMBOL_OF_STATUS["absent"] and board.has_mark(place.student_id, place.lesson_id)
        return Refusal.HAS_MARK if stands else None
    if symbol not in board.numbers:
        return Refusal.NOT_ON_SCALE
    absent = place.lesson_id is not None and board.is_absent(place.student_id, place.lesson_id)
    return Refusal.ABSENT if absent and not made_up else None
