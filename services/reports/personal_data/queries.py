"""All that reports keeps about a person: the forms he asked for.

A sheet names the pupils and teachers of its class, but no table does: which people stand on it only the snapshot's
file tells, and who was in a class is journal's to say. The journal tells a pupil his classes and his results, of
which these sheets are made.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.personal_data.asking import SectionQuery, by_words, gathered
from services.common.personal_data.sections import Section

_STATE = {
    "pending": "ждёт",
    "running": "готовится",
    "done": "готова",
    "failed": "не удалась",
    "cancelled": "отменена",
}

_JOBS = SectionQuery(
    "reports",
    "Формы, которые он заказал",
    {
        "title": "Форма",
        "author": "Имя на листе",
        "requested_at": "Когда заказана",
        "finished_at": "Когда закончена",
        "state": "Состояние",
        "as_of": "По данным на",
        "formats": "Файлы",
    },
    sa.text(
        "SELECT j.title, j.author, j.requested_at, j.finished_at, j.state, s.as_of,"
        " (SELECT coalesce(string_agg(f.format, ', ' ORDER BY f.format), '') FROM report_file f"
        "  WHERE f.school_id = j.school_id AND f.job_id = j.id)"
        " FROM report_job j JOIN snapshot s ON s.school_id = j.school_id AND s.id = j.snapshot_id"
        " WHERE j.requested_by = :person ORDER BY j.requested_at, j.id"
    ),
    {"state": by_words(_STATE)},
)


def gather(session: Session, person_id: uuid.UUID) -> list[Section]:
    """The one section, without rows for whom nothing is kept."""
    return gathered(session, [_JOBS], person_id)
