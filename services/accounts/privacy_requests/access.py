"""How the viewer stands to a request and to the person whose data it is about."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy.orm import Session

from services.accounts.consents.queries import access_answers
from services.accounts.consents.rules import Outcome as Consented
from services.accounts.consents.rules import Purpose
from services.accounts.policy import POLICY, Permission, PrivacyFacts
from services.accounts.privacy_requests.models import PrivacyRequest
from services.accounts.privacy_requests.queries import request_by_id
from services.accounts.privacy_requests.rules import Outcome
from services.accounts.register.queries import guardians_of, person_by_id
from services.accounts.relations import Relations
from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError


def may_list_all(identity: Identity) -> bool:
    """Whether the requests of the whole school are the viewer's business."""
    return allows(POLICY, Permission.PRIVACY_READ, identity, PrivacyFacts())


def access_subject(
    session: Session,
    identity: Identity,
    relations: Relations,
    subject_id: uuid.UUID,
    requester_id: uuid.UUID,
    today: dt.date,
) -> str:
    """How the viewer may ask about this person in the requester's name: `system` for himself, `office` on paper.

    Raises NotFoundError where the requester has nothing to do with the person, or the viewer with either.
    """
    person_by_id(session, subject_id)
    own = requester_id == identity.person_id
    speaks = own and _speaks_for(identity, relations, subject_id)
    if not allows(POLICY, Permission.PRIVACY_ASK, identity, PrivacyFacts(speaks=speaks)):
        raise NotFoundError
    if speaks:
        return "system"
    links = guardians_of(session, [subject_id], today)
    if own or (subject_id != requester_id and all(link.guardian_id != requester_id for link in links)):
        raise NotFoundError("This person does not speak for the one the request is about.", code="not-a-guardian")
    return "office"


def access_request(
    session: Session,
    identity: Identity,
    relations: Relations,
    request_id: uuid.UUID,
    permission: Permission = Permission.PRIVACY_READ,
    *,
    lock: bool = False,
) -> PrivacyRequest:
    """The request. Raises NotFoundError where it is none of the viewer's business, ForbiddenError where he may see
    it and no more."""
    found = request_by_id(session, request_id, lock=lock)
    facts = _facts(identity, relations, found)
    if not allows(POLICY, Permission.PRIVACY_READ, identity, facts):
        raise NotFoundError
    if not allows(POLICY, permission, identity, facts):
        raise ForbiddenError
    return found


class Copy(StrEnum):
    """Whether the viewer may have what was gathered."""

    OPEN = "open"
    ON_PAPER = "on-paper"
    CLOSED = "closed"


def copy_for(
    session: Session, identity: Identity, relations: Relations, request: PrivacyRequest, today: dt.date
) -> Copy:
    """Open to the director, who hands it over, and then to the requester; on paper for who reads nothing of this
    pupil electronically. Nobody else of the office opens it: it holds reasons of illness and everything else."""
    facts = _facts(identity, relations, request)
    if not allows(POLICY, Permission.PRIVACY_COPY, identity, facts):
        return Copy.CLOSED
    hands_over = allows(POLICY, Permission.PRIVACY_COPY, identity, PrivacyFacts())
    return Copy.OPEN if hands_over or _reads(session, identity, request.subject_id, today) else Copy.ON_PAPER


def access_copy(
    session: Session, identity: Identity, relations: Relations, request_id: uuid.UUID, today: dt.date
) -> PrivacyRequest:
    """The request whose copy the viewer may have. Raises NotFoundError, ForbiddenError (`on-paper`)."""
    found = access_request(session, identity, relations, request_id)
    copy = copy_for(session, identity, relations, found, today)
    if copy is Copy.ON_PAPER:
        raise ForbiddenError("Without a consent to the diary it is handed over on paper.", code="on-paper")
    if copy is Copy.CLOSED:
        raise ForbiddenError
    return found


def _reads(session: Session, identity: Identity, subject_id: uuid.UUID, today: dt.date) -> bool:
    """Whether the viewer may read about this person electronically: of pupils the consent to the diary decides."""
    if "student" not in person_by_id(session, subject_id).kinds:
        return True
    pair = (subject_id, identity.person_id)
    return access_answers(session, Purpose.DIARY, [pair], today)[pair].outcome is Consented.ALLOWED


def _speaks_for(identity: Identity, relations: Relations, subject_id: uuid.UUID) -> bool:
    """For himself, and for a pupil whom he looks after today (СК РФ art. 64)."""
    return subject_id == identity.person_id or subject_id in relations.guards


def _facts(identity: Identity, relations: Relations, request: PrivacyRequest) -> PrivacyFacts:
    return PrivacyFacts(
        speaks=_speaks_for(identity, relations, request.subject_id),
        requester=request.requester_id == identity.person_id,
        handed_over=request.outcome == Outcome.GRANTED,
    )
