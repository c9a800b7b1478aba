"""A scan and, apart from it, its bytes."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key, school_reference


class ConsentScan(Base):
    """The paper of one decision. Attached once and never replaced: a wrong one is annulled with a reason."""

    __tablename__ = "consent_scan"
    __table_args__ = (
        school_key(),
        school_reference("consent", "consent_id"),
        sa.Index(
            "consent_scan_live_key",
            "school_id",
            "consent_id",
            unique=True,
            postgresql_where=sa.text("annulled_at IS NULL"),
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    consent_id: Mapped[uuid.UUID]
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str]
    """Of the bytes, in hex."""
    attached_at: Mapped[dt.datetime]
    attached_by: Mapped[uuid.UUID]
    annulled_at: Mapped[dt.datetime | None]
    annulled_by: Mapped[uuid.UUID | None]
    annulled_reason: Mapped[str | None]


class ScanContent(Base):
    """The bytes, in a table of their own, which the change log does not copy."""

    __tablename__ = "consent_scan_content"
    __table_args__ = (school_key("scan_id"), school_reference("consent_scan", "scan_id"))

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    scan_id: Mapped[uuid.UUID]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary())
