"""Period marks are set, periods closed and opened again here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import now
from services.common.db import new_id
from services.common.problems import ConflictError, wrong
from services.journal.calendar.models import Period
from services.journal.classes.queries import members
from services.journal.courses.models import Course
from services.journal.lessons.commands import lock_course
from services.journal.marks.remembering import Remembered, digest_of, remember, remembered
from services.journal.people.commands import school_id_of
from services.journal.period_marks.models import PeriodMark
from services.journal.period_marks.rules import NOT_ATTESTED, allowed_symbols
from services.journal.scales.queries import numbers_by_symbol


@dataclass(frozen=True)
class PeriodOperation:
    """A period mark wished for, upon the version that was read."""

    op_id: uuid.UUID
    student_id: uuid.UUID
    symbol: str | None
    base_version: int | None
    comment: str = ""
    reason: str = ""


@dataclass
class PeriodAnswer:
    """What became of each operation."""

    applied: list[tuple[uuid.UUID, int]] = field(default_factory=list)
    conflicts: list[tuple[uuid.UUID, PeriodMark]] = field(default_factory=list)
    refused: list[tuple[uuid.UUID, str]] = field(default_factory=list)


def set_period_marks(
    session: Session, course: Course, period: Period, author_id: uuid.UUID, operations: Sequence[PeriodOperation]
) -> PeriodAnswer:
    """As on the journal page: versions, conflicts, and the same operation twice is applied once."""
    lock_course(session, course.id)
    if len({operation.student_id for operation in operations}) < len(operations):
        raise wrong("/operations", "Two operations on one cell in one call.", "same-cell")
    symbols = allowed_symbols(list(numbers_by_symbol(session, course.scale_id)))
    pupils = {m.person.id for m in members(session, course.class_id, period.starts_on, period.ends_on)}
    standing = _standing(session, course, period)
    known = remembered(session, author_id, [operation.op_id for operation in operations])
    answer = PeriodAnswer()
    fresh: dict[uuid.UUID, Remembered] = {}
    for operation in operations:
        digest = _digest(course, period, operation)
        before = known.get(operation.op_id)
        mark = standing.get(operation.student_id)
        if before is not None and before.digest == digest:
            answer.applied.append((operation.op_id, before.version))
        elif before is not None:
            answer.refused.append((operation.op_id, "op-id-reused"))
        elif refusal := _refusal(operation, period, symbols, pupils):
            answer.refused.append((operation.op_id, refusal))
        elif mark is not None and not _based_on(operation, mark):
            answer.conflicts.append((operation.op_id, mark))
        else:
            version = _write(session, course, period, author_id, operation, mark)
            answer.applied.append((operation.op_id, version))
            fresh[operation.op_id] = Remembered(digest, {"version": version})
    session.flush()
    remember(session, author_id, fresh)
    return answer


def _standing(session: Session, course: Course, period: Period) -> dict[uuid.UUID, PeriodMark]:
    """What each pupil has now."""
    found = session.scalars(
        sa.select(PeriodMark).where(PeriodMark.course_id == course.id, PeriodMark.period_id == period.id)
    )
    return {mark.student_id: mark for mark in found}


def _digest(course: Course, period: Period, operation: PeriodOperation) -> str:
    return digest_of(
        "period mark",
        course.id,
        period.id,
        operation.student_id,
        operation.symbol,
        operation.base_version,
        operation.comment,
        operation.reason,
    )


def _refusal(
    operation: PeriodOperation, period: Period, symbols: frozenset[str], pupils: set[uuid.UUID]
) -> str | None:
    if period.closed_at is not None:
        return "period-closed"
    if operation.student_id not in pupils:
        return "not-a-member"
    if operation.symbol is not None and operation.symbol not in symbols:
        return "not-on-scale"
    if operation.symbol == NOT_ATTESTED and not operation.reason:
        return "reason-missing"
    return None


def _based_on(operation: PeriodOperation, mark: PeriodMark) -> bool:
    same = (mark.symbol, mark.comment, mark.reason) == (operation.symbol, operation.comment, operation.reason)
    if same:
        return True
    return mark.symbol is None if operation.base_version is None else operation.base_version == mark.version


def _write(
    session: Session,
    course: Course,
    period: Period,
    author_id: uuid.UUID,
    operation: PeriodOperation,
    mark: PeriodMark | None,
) -> int:
    if mark is None:
        if operation.symbol is None:
            return 0
        mark = PeriodMark(
            school_id=school_id_of(session),
            id=new_id(),
            period_id=period.id,
            course_id=course.id,
            student_id=operation.student_id,
            version=0,
        )
        session.add(mark)
    elif (mark.symbol, mark.comment, mark.reason) == (operation.symbol, operation.comment, operation.reason):
        return mark.version
    mark.symbol = operation.symbol
    mark.comment = operation.comment if operation.symbol else ""
    mark.reason = operation.reason if operation.symbol == NOT_ATTESTED else ""
    mark.version += 1
    mark.author_id = author_id
    mark.updated_at = now()
    return mark.version


def close_period(session: Session, period: Period) -> Period:
    """From now on nothing of the period can be edited. Closing a closed one changes nothing."""
    locked = session.scalars(sa.select(Period).where(Period.id == period.id).with_for_update()).one()
    if locked.closed_at is None:
        locked.closed_at = now()
        session.flush()
    return locked


def reopen_period(session: Session, period: Period) -> Period:
    """Opens a closed period again; why is the transaction's reason, in the change log."""
    locked = session.scalars(sa.select(Period).where(Period.id == period.id).with_for_update()).one()
    if locked.closed_at is None:
        raise ConflictError("The period is open.", code="period-open")
    locked.closed_at = None
    session.flush()
    return locked
