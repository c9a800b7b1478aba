"""Writing documents: what was published is replaced, never rewritten; what was annulled stays in the register."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.documents.models import Document, DocumentAcceptance, DocumentVersion
from services.common.db import new_id
from services.common.problems import ConflictError, NotFoundError


@dataclass(frozen=True)
class NewDocument:
    kind: str
    audience: str
    title: str
    asks: bool


def make_document(
    session: Session, school_id: uuid.UUID, new: NewDocument, by: uuid.UUID, now: dt.datetime
) -> Document:
    """A document that nobody sees before a version of it is published."""
    document = Document(
        school_id=school_id,
        id=new_id(),
        kind=new.kind,
        audience=new.audience,
        title=new.title,
        asks=new.asks,
        created_at=now,
        created_by=by,
        annulled_at=None,
        annulled_by=None,
    )
    session.add(document)
    session.flush()
    return document


def add_version(
    session: Session, document: Document, by: uuid.UUID, now: dt.datetime, *, text: str = "", pdf: bytes = b""
) -> DocumentVersion:
    """The next version, of a text or of a PDF. Raises ConflictError for an annulled document."""
    _refuse_annulled(document)
    last = session.scalar(
        sa.select(sa.func.max(DocumentVersion.number)).where(DocumentVersion.document_id == document.id)
    )
    version = DocumentVersion(
        school_id=document.school_id,
        id=new_id(),
        document_id=document.id,
        number=(last or 0) + 1,
        text=text or None,
        pdf=pdf or None,
        created_at=now,
        created_by=by,
        published_at=None,
        published_by=None,
    )
    session.add(version)
    session.flush()
    return version


def publish(session: Session, document: Document, number: int, by: uuid.UUID, now: dt.datetime) -> DocumentVersion:
    """The version that everybody sees from now on; published again it stays as it is.

    Raises NotFoundError, ConflictError where a later one is published already.
    """
    _refuse_annulled(document)
    found = session.scalars(
        sa.select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id, DocumentVersion.number >= number)
        .order_by(DocumentVersion.number)
    ).all()
    if not found or found[0].number != number:
        raise NotFoundError
    if any(later.published_at is not None for later in found[1:]):
        raise ConflictError("A later version is published already.", code="superseded")
    version = found[0]
    if version.published_at is None:
        version.published_at, version.published_by = now, by
        session.flush()
    return version


def annul(session: Session, document: Document, by: uuid.UUID, now: dt.datetime) -> None:
    """Nobody sees it any more; annulled again it stays as it is."""
    if document.annulled_at is None:
        document.annulled_at, document.annulled_by = now, by
        session.flush()


def accept(session: Session, version: DocumentVersion, person_id: uuid.UUID, now: dt.datetime) -> None:
    """Somebody has read this version; said again it stays as it was first said."""
    session.execute(
        insert(DocumentAcceptance)
        .values(school_id=version.school_id, id=new_id(), version_id=version.id, person_id=person_id, accepted_at=now)
        .on_conflict_do_nothing()
    )


def locked_document(session: Session, document_id: uuid.UUID) -> Document:
    """The document, for one writer at a time. Raises NotFoundError."""
    found = session.scalar(sa.select(Document).where(Document.id == document_id).with_for_update())
    if found is None:
        raise NotFoundError
    return found


def _refuse_annulled(document: Document) -> None:
    if document.annulled_at is not None:
        raise ConflictError("This document is annulled.", code="annulled")
