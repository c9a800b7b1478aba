"""Documents as they are read: what stands now, who has accepted it and who has not."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.documents.models import Document, DocumentAcceptance, DocumentVersion
from services.accounts.documents.rules import is_for
from services.accounts.register.models import Person
from services.common.problems import NotFoundError


@dataclass(frozen=True)
class Standing:
    """A document with the version that is published now, if one is."""

    document: Document
    version: DocumentVersion | None
    accepted_at: dt.datetime | None = None
    """When the one who asks accepted this version."""

    def waits_for(self, kinds: Collection[str]) -> bool:
        """Whether it is still to be accepted by somebody of these kinds."""
        asks = self.document.asks and self.document.annulled_at is None and self.version is not None
        return asks and self.accepted_at is None and is_for(self.document.audience, kinds)


_NOW = (
    sa.select(DocumentVersion)
    .where(DocumentVersion.published_at.is_not(None))
    .order_by(DocumentVersion.document_id, DocumentVersion.number.desc())
)


def standings(session: Session, person_id: uuid.UUID | None = None, *, unpublished: bool = False) -> list[Standing]:
    """Documents in the order in which they were made; with `unpublished` drafts and annulled ones, too."""
    documents = session.scalars(sa.select(Document).order_by(Document.id)).all()
    now: dict[uuid.UUID, DocumentVersion] = {}
    for version in session.scalars(_NOW):
        now.setdefault(version.document_id, version)
    accepted = _accepted_by(session, person_id) if person_id else {}
    found = [
        Standing(one, now.get(one.id), accepted.get(now[one.id].id) if one.id in now else None) for one in documents
    ]
    return found if unpublished else [one for one in found if one.version and one.document.annulled_at is None]


def _accepted_by(session: Session, person_id: uuid.UUID) -> dict[uuid.UUID, dt.datetime]:
    rows = session.scalars(sa.select(DocumentAcceptance).where(DocumentAcceptance.person_id == person_id))
    return {row.version_id: row.accepted_at for row in rows}


def standing_of(
    session: Session, document_id: uuid.UUID, person_id: uuid.UUID | None = None, *, unpublished: bool = False
) -> Standing:
    """One of them. Raises NotFoundError."""
    for one in standings(session, person_id, unpublished=unpublished):
        if one.document.id == document_id:
            return one
    raise NotFoundError


def waiting(session: Session, person_id: uuid.UUID, kinds: Collection[str]) -> int:
    """How many documents somebody has still to accept."""
    return sum(one.waits_for(kinds) for one in standings(session, person_id))


def versions_of(session: Session, document_id: uuid.UUID) -> Sequence[DocumentVersion]:
    """All versions, the latest first."""
    return session.scalars(
        sa.select(DocumentVersion)
        .where(DocumentVersion.document_id == document_id)
        .order_by(DocumentVersion.number.desc())
    ).all()


def pdf_of(session: Session, version: DocumentVersion | None) -> bytes:
    """The file of a version. Raises NotFoundError where it is none."""
    found = version and session.scalar(sa.select(DocumentVersion.pdf).where(DocumentVersion.id == version.id))
    if not found:
        raise NotFoundError
    return found


def readers(session: Session, version_id: uuid.UUID) -> set[uuid.UUID]:
    """Who accepted this version."""
    return set(
        session.scalars(sa.select(DocumentAcceptance.person_id).where(DocumentAcceptance.version_id == version_id))
    )


def audience_of(session: Session, audience: str, today: dt.date) -> list[Person]:
    """Everybody who is meant and has not left, by name."""
    people = session.scalars(
        sa.select(Person)
        .where(sa.func.coalesce(Person.left_on > today, True))
        .order_by(Person.last_name, Person.first_name, Person.id)
    )
    return [person for person in people if is_for(audience, person.kinds)]
