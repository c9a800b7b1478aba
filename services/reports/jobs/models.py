"""Tables of jobs, snapshots and files."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.reports.base import Base


class Snapshot(Base):
    """Facts of journal at one moment: asked for over the queue until the file is named."""

    __tablename__ = "snapshot"
    __table_args__ = (
        school_key(),
        CheckConstraint("state IN ('pending', 'ready', 'failed')", name="state"),
        CheckConstraint("kind IN ('class_year')", name="kind"),
        CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL AND as_of IS NOT NULL)", name="ready"),
        Index(None, "school_id", "ask_at", postgresql_where=text("state = 'pending'")),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    kind: Mapped[str]
    object_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default="pending")
    attempt: Mapped[int] = mapped_column(default=0)
    ask_at: Mapped[dt.datetime]
    sha256: Mapped[str | None]
    as_of: Mapped[dt.datetime | None]
    failure: Mapped[str | None]


class ReportJob(Base):
    """A form that somebody asked for."""

    __tablename__ = "report_job"
    __table_args__ = (
        school_key(),
        school_reference("snapshot", "snapshot_id"),
        CheckConstraint("state IN ('pending', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure"),
        CheckConstraint("cardinality(formats) > 0", name="formats"),
        Index(None, "school_id", "requested_by", "id"),
        Index(None, "school_id", "snapshot_id"),
        Index("report_job_open_idx", "school_id", postgresql_where=text("state IN ('pending', 'running')")),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    form: Mapped[str]
    rule_version: Mapped[int]
    """Of the form: the same snapshot and version make the same bytes."""
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    formats: Mapped[list[str]] = mapped_column(ARRAY(Text))
    class_id: Mapped[uuid.UUID]
    title: Mapped[str]
    """What lists and file names call it: form, class and period as they were when it was asked for."""
    author: Mapped[str]
    """Short name of who asked, printed on the sheet."""
    snapshot_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default="pending")
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    failure: Mapped[str | None]
    pages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Pictures of the sheet, in order, in the store by their SHA-256."""
    requested_by: Mapped[uuid.UUID]
    requested_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class ReportFile(Base):
    """A rendered file of a job, in the store by its SHA-256."""

    __tablename__ = "report_file"
    __table_args__ = (
        school_key("job_id", "format"),
        school_reference("report_job", "job_id"),
        CheckConstraint("format IN ('pdf', 'xlsx')", name="format"),
        CheckConstraint("size > 0", name="size"),
    )

    school_id: Mapped[uuid.UUID]
    job_id: Mapped[uuid.UUID]
    format: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
