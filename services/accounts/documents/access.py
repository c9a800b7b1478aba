"""Who may publish documents, who accepts them, and whose readers one sees."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from services.accounts.documents.queries import Standing
from services.accounts.documents.rules import is_for
from services.accounts.policy import POLICY, AccessFacts, DocumentFacts, Permission
from services.accounts.relations import Relations
from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError


def require_editor(identity: Identity) -> None:
    """Raises ForbiddenError for who does not keep the school's documents."""
    if not allows(POLICY, Permission.DOCUMENTS_EDIT, identity, None):
        raise ForbiddenError


def require_audience(identity: Identity, standing: Standing) -> None:
    """Raises ForbiddenError for whom the document does not ask."""
    meant = standing.document.asks and is_for(standing.document.audience, identity.kinds)
    if not allows(POLICY, Permission.DOCUMENTS_ACCEPT, identity, DocumentFacts(meant)):
        raise ForbiddenError("Nobody asks you to accept this document.")


def sees_readers(identity: Identity, relations: Relations, class_id: uuid.UUID | None) -> bool:
    """Whether the viewer may know who of a class, or of the staff, has not accepted a document."""
    facts = AccessFacts(class_id, relations.leads, family=class_id is not None)
    return allows(POLICY, Permission.DOCUMENTS_READERS, identity, facts)


def require_readers(
    identity: Identity, relations: Relations, classes: Collection[uuid.UUID], asked: uuid.UUID | None
) -> None:
    """Raises ForbiddenError for who sees the readers of no class, or not of the one that is asked about."""
    places = {asked} if asked is not None else {None, *classes}
    if not any(sees_readers(identity, relations, one) for one in places):
        raise ForbiddenError
