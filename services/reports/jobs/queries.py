"""Jobs as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.paging import Page, page_of
from services.reports.jobs.models import ReportFile, ReportJob, Snapshot
from services.reports.jobs.rules import OPEN, SnapshotState, State, step_of


def job_by_id(session: Session, job_id: uuid.UUID) -> ReportJob | None:
    """A job of the transaction's school."""
    return session.scalars(sa.select(ReportJob).where(ReportJob.id == job_id)).one_or_none()


def job_answer(session: Session, job: ReportJob) -> dict[str, Any]:
    """A job with its progress and what files there are."""
    return _answers(session, [job])[0]


def jobs_of(session: Session, person_id: uuid.UUID, cursor: uuid.UUID | None, limit: int) -> Page[dict[str, Any]]:
    """What a person asked for, the latest first."""
    query = sa.select(ReportJob).where(ReportJob.requested_by == person_id)
    if cursor is not None:
        query = query.where(ReportJob.id < cursor)
    rows = session.scalars(query.order_by(ReportJob.id.desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, lambda job: job.id)
    return Page(_answers(session, page.items), page.next)


def file_of(session: Session, job: ReportJob, format: str) -> ReportFile | None:
    """The finished file of a job; a job that has not ended well offers none."""
    if job.state != State.DONE:
        return None
    return session.get(ReportFile, (job.school_id, job.id, format))


def page_of_sheet(job: ReportJob, number: int) -> str | None:
    """A page of a finished job's sheet, by its name in the store; pages count from 1."""
    return job.pages[number - 1] if job.state == State.DONE and 1 <= number <= len(job.pages) else None


def _answers(session: Session, jobs: Sequence[ReportJob]) -> list[dict[str, Any]]:
    snapshots: Mapping[uuid.UUID, Snapshot] = {
        row.id: row
        for row in session.scalars(sa.select(Snapshot).where(Snapshot.id.in_([job.snapshot_id for job in jobs])))
    }
    files: dict[uuid.UUID, list[ReportFile]] = {}
    for row in session.scalars(
        sa.select(ReportFile).where(ReportFile.job_id.in_([job.id for job in jobs])).order_by(ReportFile.format)
    ):
        files.setdefault(row.job_id, []).append(row)
    return [_answer(job, snapshots[job.snapshot_id], files.get(job.id, [])) for job in jobs]


def _answer(job: ReportJob, snapshot: Snapshot, files: Sequence[ReportFile]) -> dict[str, Any]:
    state, snapshot_state = State(job.state), SnapshotState(snapshot.state)
    collected = snapshot_state is SnapshotState.READY
    return {
        "id": job.id,
        "form": job.form,
        "title": job.title,
        "parameters": job.parameters,
        "formats": job.formats,
        "state": state,
        "progress": {
            "step": step_of(state, snapshot_state),
            "done": int(collected) + len(files),
            "of": 1 + len(job.formats),
        },
        "as_of": snapshot.as_of,
        "snapshot": snapshot.sha256,
        "failure": job.failure,
        "files": [
            {"format": row.format, "size": row.size, "sha256": row.sha256} for row in files if state is State.DONE
        ],
        "pages": len(job.pages) if state is State.DONE else 0,
        "requested_at": job.requested_at,
        "finished_at": job.finished_at,
        "cancellable": state in OPEN,
    }
