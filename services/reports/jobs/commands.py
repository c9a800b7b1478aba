"""Writes of jobs and snapshots; the caller commits. Each may come twice, or after the job has ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.db import new_id, scope_of
from services.common.problems import ConflictError
from services.common.work import lease_is_over, tell
from services.reports.jobs.models import ReportFile, ReportJob, Snapshot
from services.reports.jobs.rules import LEASE, MOST_ATTEMPTS, OPEN, Failure, SnapshotState, State, next_question

ASKING = "reports"
"""Queue whose worker asks journal for snapshots."""
RENDERING = "reports.slow"
"""Queue whose worker renders."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for."""

    form: str
    rule_version: int
    snapshot_kind: str
    parameters: Mapping[str, Any]
    formats: Sequence[str]
    class_id: uuid.UUID
    title: str
    author: str


def request_report(
    session: Session, wanted: Wanted, person_id: uuid.UUID, now: dt.datetime, job_id: uuid.UUID | None = None
) -> tuple[ReportJob, bool]:
    """A job, and whether it is new: the same id and content again is the same job. Raises ConflictError."""
    if job_id is not None:
        known = session.get(ReportJob, (_school(session), job_id))
        if known is not None:
            if (known.form, known.parameters, known.formats, known.requested_by) != (
                wanted.form, dict(wanted.parameters), list(wanted.formats), person_id,
            ):  # fmt: skip
                raise ConflictError("This id names another report.", code="id-in-use")
            return known, False
    snapshot = Snapshot(
        school_id=_school(session), id=new_id(), kind=wanted.snapshot_kind, object_id=wanted.class_id, ask_at=now
    )
    session.add(snapshot)
    session.flush()
    job = ReportJob(
        school_id=_school(session),
        id=job_id or new_id(),
        form=wanted.form,
        rule_version=wanted.rule_version,
        parameters=dict(wanted.parameters),
        formats=list(wanted.formats),
        class_id=wanted.class_id,
        title=wanted.title,
        author=wanted.author,
        snapshot_id=snapshot.id,
        requested_by=person_id,
        requested_at=now,
    )
    session.add(job)
    session.flush()
    tell(session, ASKING)
    return job, True


def cancel(session: Session, job_id: uuid.UUID, now: dt.datetime) -> ReportJob:
    """Nothing more is done for the job. One that has ended stays as it is."""
    _end(session, job_id, State.CANCELLED, now)
    return session.scalars(sa.select(ReportJob).where(ReportJob.id == job_id)).one()


# --- snapshots -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A snapshot to ask journal for."""

    id: uuid.UUID
    kind: str
    object_id: uuid.UUID


_AWAITED = sa.and_(
    Snapshot.state == SnapshotState.PENDING,
    sa.exists().where(ReportJob.snapshot_id == Snapshot.id, ReportJob.state.in_(OPEN)),
)
"""A snapshot that nobody has answered and that a job still waits for."""


def questions_due(session: Session, now: dt.datetime) -> list[Question]:
    """Snapshots that are due; each comes again later, until it is answered or no job waits for it any more."""
    rows = session.scalars(
        sa.select(Snapshot)
        .where(_AWAITED, Snapshot.ask_at <= now)
        .order_by(Snapshot.id)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.attempt += 1
        row.ask_at = now + next_question(row.attempt)
    return [Question(row.id, row.kind, row.object_id) for row in rows]


def next_question_at(session: Session) -> dt.datetime | None:
    """When the next snapshot that is waited for is asked for again."""
    return session.scalar(sa.select(sa.func.min(Snapshot.ask_at)).where(_AWAITED))


def snapshot_ready(session: Session, snapshot_id: uuid.UUID, sha256: str, as_of: dt.datetime) -> None:
    """Journal has written the file: whoever waited for it may be rendered."""
    answered = session.execute(
        sa.update(Snapshot)
        .where(Snapshot.id == snapshot_id, Snapshot.state == SnapshotState.PENDING)
        .values(state=SnapshotState.READY, sha256=sha256, as_of=as_of)
        .returning(Snapshot.id)
    ).one_or_none()
    if answered is not None:
        tell(session, RENDERING)


def snapshot_failed(session: Session, snapshot_id: uuid.UUID, failure: Failure, now: dt.datetime) -> None:
    """There will be no file: whoever waited for it is told why."""
    session.execute(
        sa.update(Snapshot)
        .where(Snapshot.id == snapshot_id, Snapshot.state == SnapshotState.PENDING)
        .values(state=SnapshotState.FAILED, failure=failure)
    )
    waiting = sa.select(ReportJob.id).join(Snapshot, Snapshot.id == ReportJob.snapshot_id)
    failed = waiting.where(Snapshot.id == snapshot_id, Snapshot.state == SnapshotState.FAILED)
    for job_id in session.scalars(failed).all():
        _end(session, job_id, State.FAILED, now, failure)


def ask_anew(session: Session, snapshot_id: uuid.UUID, now: dt.datetime) -> None:
    """The file of a snapshot is lost: it is taken again, and its jobs wait."""
    session.execute(
        sa.update(Snapshot)
        .where(Snapshot.id == snapshot_id, Snapshot.state == SnapshotState.READY)
        .values(state=SnapshotState.PENDING, sha256=None, as_of=None, attempt=0, ask_at=now)
    )
    session.execute(
        sa.update(ReportJob)
        .where(ReportJob.snapshot_id == snapshot_id, ReportJob.state == State.RUNNING)
        .values(state=State.PENDING, lease_until=None)
    )
    tell(session, ASKING)


# --- rendering -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """A job that is this process's while its lease lasts."""

    job_id: uuid.UUID
    attempt: int
    form: str
    parameters: Mapping[str, Any]
    formats: tuple[str, ...]
    author: str
    snapshot_id: uuid.UUID
    sha256: str


def claim(session: Session, now: dt.datetime) -> Claim | None:
    """The next job to render, now this process's; one that killed its workers too often is given up."""
    ready = sa.select(Snapshot.id).where(Snapshot.state == SnapshotState.READY)
    due = sa.or_(
        sa.and_(ReportJob.state == State.PENDING, ReportJob.snapshot_id.in_(ready)),
        sa.and_(ReportJob.state == State.RUNNING, lease_is_over(ReportJob.lease_until, now)),
    )
    query = sa.select(ReportJob).where(due).order_by(ReportJob.id).limit(1).with_for_update(skip_locked=True)
    while (job := session.scalars(query.execution_options(populate_existing=True)).one_or_none()) is not None:
        if job.attempt >= MOST_ATTEMPTS:
            _end(session, job.id, State.FAILED, now, Failure.GAVE_UP)
            continue
        job.state, job.attempt, job.lease_until = State.RUNNING, job.attempt + 1, now + LEASE
        session.flush()
        tell(session, RENDERING, LEASE.total_seconds() + 1)  # should this process die, another looks then
        sha256 = session.execute(sa.select(Snapshot.sha256).where(Snapshot.id == job.snapshot_id)).scalar_one()
        assert sha256 is not None
        return Claim(
            job.id, job.attempt, job.form, job.parameters, tuple(job.formats), job.author, job.snapshot_id, sha256
        )
    return None


def record_file(session: Session, held: Claim, format: str, sha256: str, size: int, now: dt.datetime) -> bool:
    """Keeps a rendered file and renews the lease; False when the job is no longer this process's."""
    if not _holds(session, held, lease_until=now + LEASE):
        return False
    values = {"school_id": _school(session), "job_id": held.job_id, "format": format, "sha256": sha256, "size": size}
    statement = insert(ReportFile).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "job_id", "format"], set_={"sha256": sha256, "size": size}
        )
    )
    return True


def record_pages(session: Session, held: Claim, pages: Sequence[str], now: dt.datetime) -> bool:
    """Keeps the names of the sheet's pictures, in order; False when the job is no longer this process's."""
    return _holds(session, held, pages=list(pages), lease_until=now + LEASE)


def finish(session: Session, held: Claim, now: dt.datetime, failure: Failure | None = None) -> None:
    """Records how the job ended, if it is still this process's."""
    state = State.DONE if failure is None else State.FAILED
    _holds(session, held, state=state, failure=failure, finished_at=now, lease_until=None)


def has_due(session: Session, now: dt.datetime) -> tuple[bool, bool]:
    """Whether a snapshot has to be asked for, and whether a job could be rendered."""
    asked = sa.exists().where(_AWAITED, Snapshot.ask_at <= now)
    pending = sa.and_(ReportJob.state == State.PENDING, Snapshot.state == SnapshotState.READY)
    forgotten = sa.and_(ReportJob.state == State.RUNNING, lease_is_over(ReportJob.lease_until, now))
    rendered = sa.exists().where(ReportJob.snapshot_id == Snapshot.id, sa.or_(pending, forgotten))
    row = session.execute(sa.select(asked, rendered)).one()
    return bool(row[0]), bool(row[1])


def _holds(session: Session, held: Claim, **values: Any) -> bool:
    """Changes a running job of this claim; False when somebody else claimed, cancelled or ended it."""
    changed = session.execute(
        sa.update(ReportJob)
        .where(ReportJob.id == held.job_id, ReportJob.state == State.RUNNING, ReportJob.attempt == held.attempt)
        .values(**values)
        .returning(ReportJob.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None


def _end(session: Session, job_id: uuid.UUID, state: State, now: dt.datetime, failure: Failure | None = None) -> None:
    session.execute(
        sa.update(ReportJob)
        .where(ReportJob.id == job_id, ReportJob.state.in_(OPEN))
        .values(state=state, failure=failure, finished_at=now, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _school(session: Session) -> uuid.UUID:
    school_id = scope_of(session).school_id
    assert school_id is not None
    return school_id
