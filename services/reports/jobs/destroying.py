"""Files of old reports go under an order; that they were made stays in the list of jobs.

What they were made from goes after them: the minute's look finds snapshots that no file rests on (`letting_go.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.files import FileStore
from services.common.personal_data.destroying import Destroy, Order
from services.reports.jobs.models import ReportFile, ReportJob

_AT_ONCE = 200
"""Jobs of one transaction: each has files on the disk."""


def destroys_files(store: FileStore) -> Destroy:
    """A destroyer of files and pictures of pages in this store."""

    def destroy(session: Session, order: Order, most: int) -> int:
        old = ReportJob.finished_at < order.before
        kept = sa.exists().where(ReportFile.school_id == ReportJob.school_id, ReportFile.job_id == ReportJob.id)
        jobs = session.scalars(
            sa.select(ReportJob)
            .where(old, sa.or_(kept, sa.func.cardinality(ReportJob.pages) > 0))
            .order_by(ReportJob.id)
            .limit(min(most, _AT_ONCE))
            .with_for_update()
        ).all()
        if not jobs:
            return 0
        files = session.scalars(sa.select(ReportFile.sha256).where(ReportFile.job_id.in_([job.id for job in jobs])))
        pages = [name for job in jobs for name in job.pages]
        # From the disk first: should this process die now, the rows still say what is to go.
        for name in _no_longer_wanted(session, {*files, *pages}, order):
            store.remove(order.school_id, name)
        for job in jobs:
            job.pages = []
        session.flush()
        rows = sa.delete(ReportFile).where(ReportFile.job_id.in_([job.id for job in jobs]))
        return len(session.execute(rows.returning(ReportFile.job_id)).all()) + len(pages)

    return destroy


def _no_longer_wanted(session: Session, names: Iterable[str], order: Order) -> set[str]:
    """Those that no younger report has, too: the same content has the same name."""
    young = sa.func.coalesce(ReportJob.finished_at >= order.before, True)
    files = session.scalars(
        sa.select(ReportFile.sha256)
        .join(ReportJob, ReportJob.id == ReportFile.job_id)
        .where(young, ReportFile.sha256.in_(list(names)))
    )
    pages = session.scalars(sa.select(sa.func.unnest(ReportJob.pages)).where(young))
    return set(names) - set(files) - set(pages)
