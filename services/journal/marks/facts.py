"""What became of cells: written into their tables, and told to the other services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.events import publish
from services.journal.attendance.rules import code_for
from services.journal.events import AttendanceAnnulled, AttendanceSet, MarkAnnulled, MarkSet
from services.journal.marks.cells import Board, Item, Place
from services.journal.marks.rules import Cell
from services.journal.people.commands import school_id_of


@dataclass(frozen=True)
class Change:
    """A cell that gets new content."""

    place: Place
    before: Cell
    after: Cell


_UPSERT_MARKS = sa.text(
    "INSERT INTO mark (school_id, id, course_id, line_item_id, student_id, slot, symbol, number, made_up, comment,"
    " version, author_id, updated_at) SELECT :school_id, * FROM unnest(CAST(:id AS uuid[]),"
    " CAST(:course_id AS uuid[]), CAST(:line_item_id AS uuid[]), CAST(:student_id AS uuid[]), CAST(:slot AS int[]),"
    " CAST(:symbol AS text[]), CAST(:number AS numeric[]), CAST(:made_up AS boolean[]), CAST(:comment AS text[]),"
    " CAST(:version AS int[]), CAST(:author_id AS uuid[]), CAST(:updated_at AS timestamptz[]))"
    " ON CONFLICT (school_id, line_item_id, student_id, slot) DO UPDATE SET symbol = excluded.symbol,"
    " number = excluded.number, made_up = excluded.made_up, comment = excluded.comment,"
    " version = excluded.version, author_id = excluded.author_id, updated_at = excluded.updated_at"
)
_UPSERT_ATTENDANCE = sa.text(
    "INSERT INTO attendance (school_id, id, course_id, lesson_id, student_id, status, minutes_late, version,"
    " author_id, updated_at) SELECT :school_id, * FROM unnest(CAST(:id AS uuid[]), CAST(:course_id AS uuid[]),"
    " CAST(:lesson_id AS uuid[]), CAST(:student_id AS uuid[]), CAST(:status AS text[]), CAST(:minutes AS int[]),"
    " CAST(:version AS int[]), CAST(:author_id AS uuid[]), CAST(:updated_at AS timestamptz[]))"
    " ON CONFLICT (school_id, lesson_id, student_id) DO UPDATE SET status = excluded.status,"
    " minutes_late = excluded.minutes_late, version = excluded.version, author_id = excluded.author_id,"
    " updated_at = excluded.updated_at"
)


def store(session: Session, board: Board, changes: Sequence[Change]) -> None:
    """Writes the new content of all changed cells, marks and attendance each in one statement."""
    session.flush()
    marks = [change for change in changes if change.place.item is not None]
    if marks:
        session.execute(
            _UPSERT_MARKS,
            _common(session, board, marks)
            | {
                "line_item_id": [c.place.item.id for c in marks if c.place.item],
                "slot": [c.place.slot for c in marks],
                "symbol": [c.after.symbol for c in marks],
                "number": [board.numbers.get(c.after.symbol or "") for c in marks],
                "made_up": [c.after.made_up for c in marks],
                "comment": [c.after.comment for c in marks],
            },
        )
    facts = [change for change in changes if change.place.item is None]
    if facts:
        session.execute(
            _UPSERT_ATTENDANCE,
            _common(session, board, facts)
            | {
                "lesson_id": [c.place.lesson_id for c in facts],
                "status": [code_for(c.after.symbol) if c.after.symbol else None for c in facts],
                "minutes": [c.after.minutes_late for c in facts],
            },
        )


def _common(session: Session, board: Board, changes: Sequence[Change]) -> dict[str, Any]:
    return {
        "school_id": school_id_of(session),
        "id": [c.after.id for c in changes],
        "course_id": [board.course_id] * len(changes),
        "student_id": [c.place.student_id for c in changes],
        "version": [c.after.version for c in changes],
        "author_id": [c.after.author_id for c in changes],
        "updated_at": [c.after.updated_at for c in changes],
    }


def tell(session: Session, board: Board, changes: Sequence[Change]) -> None:
    """Publishes the marks that changed, and what a teacher saw, by its status."""
    for change in changes:
        place, before, after = change.place, change.before, change.after
        if before.symbol == after.symbol:
            continue  # a comment, a flag or minutes changed
        if place.item is None:
            _tell_of_attendance(session, board, place, before, after)
        else:
            _tell_of_mark(session, board, place, place.item, before, after)


def _tell_of_mark(session: Session, board: Board, place: Place, item: Item, before: Cell, after: Cell) -> None:
    kind = MarkSet if after.symbol is not None else MarkAnnulled
    assert after.id is not None
    assert after.author_id is not None
    publish(
        session,
        kind(
            mark_id=after.id,
            student_id=place.student_id,
            course_id=board.course_id,
            subject=board.subject,
            line_item_id=item.id,
            work_type=item.work_type,
            work_type_title=item.work_type_title,
            taught_on=place.on_day,
            slot=place.slot,
            symbol=after.symbol,
            previous=before.symbol,
            author_id=after.author_id,
            version=after.version,
        ),
    )


def _tell_of_attendance(session: Session, board: Board, place: Place, before: Cell, after: Cell) -> None:
    kind = AttendanceSet if after.symbol is not None else AttendanceAnnulled
    assert after.id is not None
    assert place.lesson_id is not None
    publish(
        session,
        kind(
            attendance_id=after.id,
            student_id=place.student_id,
            lesson_id=place.lesson_id,
            subject=board.subject,
            taught_on=place.on_day,
            number=place.number,
            status=code_for(after.symbol) if after.symbol else None,
            previous=code_for(before.symbol) if before.symbol else None,
            version=after.version,
        ),
    )
