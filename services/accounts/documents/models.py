"""Documents, their versions, and who accepted which version."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.accounts.base import Base
from services.common.db import school_key, school_reference


class Document(Base):
    """What stays the same through all versions."""

    __tablename__ = "document"
    __table_args__ = (
        school_key(),
        sa.CheckConstraint("kind IN ('rules', 'guide')", name="kind"),
        sa.CheckConstraint("audience IN ('everyone', 'pupils', 'guardians', 'teachers')", name="audience"),
        sa.CheckConstraint("(annulled_at IS NULL) = (annulled_by IS NULL)", name="annulled"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    kind: Mapped[str]
    audience: Mapped[str]
    title: Mapped[str]
    asks: Mapped[bool]
    """Whether each of the audience is to say that it was read and accepted."""
    created_at: Mapped[dt.datetime]
    created_by: Mapped[uuid.UUID]
    annulled_at: Mapped[dt.datetime | None]
    annulled_by: Mapped[uuid.UUID | None]


class DocumentVersion(Base):
    """A text or a PDF; what was published once stays as it was."""

    __tablename__ = "document_version"
    __table_args__ = (
        school_key(),
        school_reference("document", "document_id"),
        sa.UniqueConstraint("school_id", "document_id", "number"),
        sa.CheckConstraint("(text IS NULL) <> (pdf IS NULL)", name="content"),
        sa.CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="published"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    document_id: Mapped[uuid.UUID]
    number: Mapped[int]
    text: Mapped[str | None] = mapped_column(deferred=True)
    """Markdown (CommonMark). Read only where it is shown, as the file is: lists are asked for all day."""
    pdf: Mapped[bytes | None] = mapped_column(sa.LargeBinary(), deferred=True)
    is_pdf: Mapped[bool] = column_property(sa.literal_column("document_version.pdf IS NOT NULL", sa.Boolean()))
    created_at: Mapped[dt.datetime]
    created_by: Mapped[uuid.UUID]
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[uuid.UUID | None]


class DocumentAcceptance(Base):
    """Somebody has read a version and accepted it."""

    __tablename__ = "document_acceptance"
    __table_args__ = (
        school_key(),
        school_reference("document_version", "version_id"),
        sa.UniqueConstraint("school_id", "version_id", "person_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    accepted_at: Mapped[dt.datetime]
