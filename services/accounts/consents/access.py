"""How the viewer stands to a pupil and a signer, and what follows for the register."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consents.models import Consent, Dispute
from services.accounts.consents.queries import consent_by_id
from services.accounts.consents.rules import decides_himself
from services.accounts.policy import POLICY, ConsentFacts, Permission
from services.accounts.register.queries import class_exists, classes_of, guardians_of, person_by_id
from services.accounts.relations import Relations
from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError


def access_register(session: Session, identity: Identity, relations: Relations, class_id: uuid.UUID) -> None:
    """Raises NotFoundError, ForbiddenError unless the viewer may read the register of this class."""
    staff = "staff" in identity.kinds or bool(identity.roles)
    if not staff or not class_exists(session, class_id):
        raise NotFoundError
    if not allows(POLICY, Permission.CONSENTS_REGISTER, identity, ConsentFacts(class_id, relations.leads)):
        raise ForbiddenError


def access_signing(
    session: Session,
    identity: Identity,
    relations: Relations,
    student_id: uuid.UUID,
    guardian_id: uuid.UUID,
    today: dt.date,
) -> str:
    """How the viewer may record this signer's decision: `system` for himself, `office` on paper.

    Raises NotFoundError when the pair is none, or none of the viewer's business; ForbiddenError.
    """
    _require_pupil(session, student_id)
    facts = _facts(session, identity, relations, student_id, guardian_id, today)
    if allows(POLICY, Permission.CONSENT_SIGN, identity, facts):
        return "system"
    own_or_linked = student_id == guardian_id or any(
        link.guardian_id == guardian_id for link in guardians_of(session, [student_id], today)
    )
    # To name oneself as the signer shows nobody else's child.
    seen = facts if student_id == identity.person_id else replace(facts, signer_id=None)
    _require(Permission.CONSENTS_EDIT, identity, seen)
    if not own_or_linked:
        raise NotFoundError("This person does not look after this pupil.", code="not-a-guardian")
    return "office"


def access_consent(
    session: Session, identity: Identity, relations: Relations, consent_id: uuid.UUID, today: dt.date
) -> Consent:
    """The decision, which its signer or the office may withdraw. Raises NotFoundError, ForbiddenError."""
    consent = consent_by_id(session, consent_id)
    facts = _facts(session, identity, relations, consent.student_id, consent.guardian_id, today)
    _require(Permission.CONSENT_WITHDRAW, identity, facts)
    return consent


def access_consent_to_read(
    session: Session, identity: Identity, relations: Relations, consent_id: uuid.UUID, today: dt.date
) -> Consent:
    """The decision, which its signer and whoever keeps or reads the register may see. Raises NotFoundError."""
    consent = consent_by_id(session, consent_id, lock=False)
    facts = _facts(session, identity, relations, consent.student_id, consent.guardian_id, today)
    if not allows(POLICY, Permission.CONSENTS_READ, identity, facts):
        raise NotFoundError
    return consent


def access_paper(
    session: Session, identity: Identity, relations: Relations, consent_id: uuid.UUID, today: dt.date
) -> Consent:
    """The decision, of which the office keeps the paper and its signer does not. Raises as `access_consent`."""
    consent = consent_by_id(session, consent_id)
    _require(
        Permission.CONSENTS_EDIT,
        identity,
        _facts(session, identity, relations, consent.student_id, consent.guardian_id, today),
    )
    return consent


def access_student_for_dispute(
    session: Session, identity: Identity, relations: Relations, student_id: uuid.UUID, today: dt.date
) -> None:
    """Raises NotFoundError, ForbiddenError unless the viewer may enter a dispute about this pupil."""
    _require_pupil(session, student_id)
    _require_disputing(session, identity, relations, student_id, today)


def access_dispute(
    session: Session, identity: Identity, relations: Relations, dispute_id: uuid.UUID, today: dt.date
) -> Dispute:
    """The dispute, which the office may settle. Raises NotFoundError, ForbiddenError."""
    found = session.scalar(sa.select(Dispute).where(Dispute.id == dispute_id).with_for_update())
    if found is None:
        raise NotFoundError
    _require_disputing(session, identity, relations, found.person_id, today)
    return found


def _require_disputing(
    session: Session, identity: Identity, relations: Relations, person_id: uuid.UUID, today: dt.date
) -> None:
    facts = _facts(session, identity, relations, person_id, None, today)
    _require(Permission.CONSENTS_DISPUTE, identity, facts)


def _facts(
    session: Session,
    identity: Identity,
    relations: Relations,
    student_id: uuid.UUID,
    signer_id: uuid.UUID | None,
    today: dt.date,
) -> ConsentFacts:
    enrollment = classes_of(session, [student_id], today).get(student_id)
    if student_id == identity.person_id:
        may_sign = decides_himself(person_by_id(session, student_id).birth_date, today)
    else:
        may_sign = student_id in relations.guards
    class_id = enrollment.class_id if enrollment else None
    return ConsentFacts(class_id, relations.leads, signer_id, may_sign)


def _require_pupil(session: Session, student_id: uuid.UUID) -> None:
    if "student" not in person_by_id(session, student_id).kinds:
        raise NotFoundError


def _require(permission: Permission, identity: Identity, facts: ConsentFacts) -> None:
    """403 for who may see the decision at least, else 404."""
    if allows(POLICY, permission, identity, facts):
        return
    if allows(POLICY, Permission.CONSENTS_READ, identity, facts):
        raise ForbiddenError
    raise NotFoundError
