"""The roll of a lesson and the reasons of absences are written here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import now
from services.common.db import new_id
from services.common.problems import ForbiddenError, UnprocessableError
from services.journal.attendance.models import Excuse
from services.journal.attendance.queries import roll
from services.journal.attendance.rules import SYMBOL_OF_STATUS
from services.journal.calendar.rules import holding
from services.journal.classes.queries import member_ids
from services.journal.lessons.commands import lock_course
from services.journal.lessons.models import Lesson
from services.journal.marks.cells import Board, Place, load_lesson
from services.journal.marks.facts import Change, store, tell
from services.journal.marks.rules import EMPTY, Cell, lesson_editable
from services.journal.people.commands import school_id_of
from services.journal.relations.access import CourseAccess


@dataclass(frozen=True)
class Entry:
    """What a teacher saw of a pupil who is not simply present."""

    status: str
    minutes_late: int | None = None


def call_roll(
    session: Session,
    access: CourseAccess,
    lesson: Lesson,
    author_id: uuid.UUID,
    entries: Mapping[uuid.UUID, Entry],
    today: dt.date,
    check_version: Callable[[str | None], None],
) -> None:
    """The whole class in one call: who is not among `entries` was there, and the lesson counts as checked.

    `check_version` gets the roll's version once nobody else can write, and raises what it likes. Raises
    UnprocessableError for a pupil who is no member that day or who has a mark in the lesson and would be absent;
    ForbiddenError when the lesson cannot be edited.
    """
    course = lock_course(session, lesson.course_id)
    session.refresh(lesson)
    check_version(roll(session, lesson).version)
    pupils = member_ids(session, course.class_id, lesson.taught_on)
    board = load_lesson(session, access, lesson.id, list(dict.fromkeys([*pupils, *entries])))
    period = holding(board.periods, lesson.taught_on)
    closed = period is not None and period.closed_at is not None
    if not lesson_editable(lesson.taught_on, lesson.status, today, closed, teaches=True):
        raise ForbiddenError("This lesson cannot be edited now.", code="not-editable")
    _refuse_impossible(board, lesson, entries, set(pupils))
    changes: list[Change] = []
    for student_id in pupils:
        place = Place(student_id, 0, lesson.taught_on, lesson.number, lesson.status, lesson.id, None)
        before = board.cells.get(place.key, EMPTY)
        entry = entries.get(student_id)
        symbol = SYMBOL_OF_STATUS[entry.status] if entry else None
        minutes = entry.minutes_late if entry else None
        if (before.symbol, before.minutes_late) == (symbol, minutes):
            continue
        after = Cell(symbol, "", False, minutes, before.version + 1, author_id, now(), before.id or new_id())
        changes.append(Change(place, before, after))
    store(session, board, changes)
    lesson.attendance_checked_at = now()
    lesson.attendance_checked_by = author_id
    lesson.attendance_version += 1
    lesson.status = "held"
    session.flush()
    tell(session, board, changes)


def _refuse_impossible(
    board: Board, lesson: Lesson, entries: Mapping[uuid.UUID, Entry], pupils: set[uuid.UUID]
) -> None:
    errors = []
    for index, (student_id, entry) in enumerate(entries.items()):
        if student_id not in pupils:
            message, code = "The pupil is not in the class on that day.", "not-a-member"
        elif entry.status == "absent" and board.has_mark(student_id, lesson.id):
            message, code = "The pupil has a mark in this lesson.", "has-mark"
        else:
            continue
        errors.append({"pointer": f"/entries/{index}/student_id", "message": message, "code": code})
    if errors:
        raise UnprocessableError(errors=errors)


def excuse(
    session: Session,
    student_id: uuid.UUID,
    from_day: dt.date,
    to_day: dt.date,
    reason: str,
    author_id: uuid.UUID,
    excuse_id: uuid.UUID | None = None,
) -> Excuse:
    """Why a pupil is away from `from_day` until before `to_day`; the latest word about a day holds."""
    known = session.scalars(sa.select(Excuse).where(Excuse.id == excuse_id)).one_or_none() if excuse_id else None
    if known is not None:
        return known
    row = Excuse(
        school_id=school_id_of(session),
        id=excuse_id or new_id(),
        student_id=student_id,
        from_day=from_day,
        to_day=to_day,
        reason=reason,
        author_id=author_id,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    return row
