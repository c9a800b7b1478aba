"""Snapshots of jobs that came to nothing: kept fourteen days; then journal, whose files they are, is asked to remove
them.

What a finished report was made from stays as long as its files do. Asked again every minute until the answer comes; a
job that wants such a file once more meanwhile misses it and asks for it anew.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.reports.jobs.models import ReportFile, ReportJob, Snapshot
from services.reports.jobs.rules import OPEN, SnapshotState, State

KEPT = dt.timedelta(days=14)
AT_ONCE = 50
LET_GO = "let-go"
"""Why such a snapshot has no file."""


def unused(session: Session, now: dt.datetime) -> list[str]:
    """Names of files that no report was made from and no job has waited for since fourteen days."""
    same = aliased(Snapshot)
    files = sa.exists().where(ReportFile.school_id == ReportJob.school_id, ReportFile.job_id == ReportJob.id)
    made = sa.and_(ReportJob.state == State.DONE, files)
    wanted = sa.or_(ReportJob.state.in_(OPEN), made, ReportJob.finished_at > now - KEPT)
    still = sa.exists().where(
        same.sha256 == Snapshot.sha256,
        ReportJob.snapshot_id == same.id,
        ReportJob.school_id == same.school_id,
        wanted,
    )
    query = sa.select(Snapshot.sha256).where(Snapshot.state == SnapshotState.READY, ~still).distinct().limit(AT_ONCE)
    return [name for name in session.scalars(query) if name is not None]


def removed(session: Session, sha256: str) -> None:
    """Journal has removed the file: whoever rests on it has none."""
    session.execute(
        sa.update(Snapshot)
        .where(Snapshot.sha256 == sha256, Snapshot.state == SnapshotState.READY)
        .values(state=SnapshotState.FAILED, failure=LET_GO, sha256=None, as_of=None)
    )
