"""Steps of the register. Each decision is a row that stays; what counts no more says since when."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consents.models import Consent, Dispute
from services.accounts.consents.queries import decision_of, disputed_people, live_consent, open_dispute
from services.accounts.consents.rules import Declared, Purpose, declared
from services.common.db import new_id
from services.common.problems import ConflictError


@dataclass(frozen=True)
class NewDecision:
    """What a signer decided, on paper or in the system."""

    student_id: uuid.UUID
    guardian_id: uuid.UUID
    purpose: Purpose
    given: bool
    signed_on: dt.date
    source: str
    recorded_by: uuid.UUID
    document: str = ""
    until: dt.date | None = None
    form_id: uuid.UUID | None = None
    """The version of the form that was signed."""
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class Declaration:
    """What a list says of one pair and purpose."""

    student_id: uuid.UUID
    guardian_id: uuid.UUID
    purpose: Purpose
    given: bool
    signed_on: dt.date
    import_id: uuid.UUID


def record_decision(session: Session, school_id: uuid.UUID, new: NewDecision, now: dt.datetime) -> Consent:
    """The decision as stored, in the place of what the signer decided before. The same id and content again
    is the same decision. Raises ConflictError for an id that stands for another."""
    row = Consent(
        school_id=school_id,
        id=new.id or new_id(),
        student_id=new.student_id,
        guardian_id=new.guardian_id,
        purpose=new.purpose.value,
        decision="given" if new.given else "refused",
        signed_on=new.signed_on,
        until=new.until,
        document=new.document,
        form_id=new.form_id,
        source=new.source,
        import_id=None,
        recorded_by=new.recorded_by,
        recorded_at=now,
        counts=True,
        superseded_at=None,
        withdrawn_at=None,
        withdrawn_by=None,
        withdrawn_import_id=None,
    )
    _take_turn(session, new.student_id, new.guardian_id)
    stored = session.scalar(sa.select(Consent).where(Consent.id == row.id))
    if stored is not None:
        if _content(stored) != _content(row):
            raise ConflictError("This id stands for another decision.")
        return stored
    _supersede(session, live_consent(session, new.student_id, new.guardian_id, new.purpose), now)
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, consent: Consent, by: uuid.UUID, now: dt.datetime) -> Consent:
    """The consent, withdrawn from this moment. Withdrawn again it stays as it is.

    Raises ConflictError for what is no consent in force: a refusal, or a decision that was replaced.
    """
    if consent.withdrawn_at is not None:
        return consent
    if consent.decision != "given" or not consent.counts or consent.superseded_at is not None:
        raise ConflictError("This is no consent that could be withdrawn.", code="not-in-force")
    consent.withdrawn_at, consent.withdrawn_by = now, by
    session.flush()
    return consent


def declare(session: Session, school_id: uuid.UUID, said: Declaration, now: dt.datetime) -> Declared | None:
    """Takes what a list declares as far as a list may say it; None when this list has said it already."""
    _take_turn(session, said.student_id, said.guardian_id)
    if _was_said(session, said):
        return None
    live = live_consent(session, said.student_id, said.guardian_id, said.purpose)
    disputed = not disputed_people(session).isdisjoint((said.student_id, said.guardian_id))
    becomes = declared(decision_of(live) if live else None, disputed, said.given, said.signed_on)
    if becomes is Declared.WITHDRAWS and live is not None:
        live.withdrawn_at, live.withdrawn_import_id = now, said.import_id
        session.flush()
        return becomes
    if becomes is Declared.COUNTS:
        _supersede(session, live, now)
    session.add(
        Consent(
            school_id=school_id,
            id=new_id(),
            student_id=said.student_id,
            guardian_id=said.guardian_id,
            purpose=said.purpose.value,
            decision="given" if said.given else "refused",
            signed_on=said.signed_on,
            until=None,
            document="",
            form_id=None,
            source="import",
            import_id=said.import_id,
            recorded_by=None,
            recorded_at=now,
            counts=becomes is Declared.COUNTS,
            superseded_at=None,
            withdrawn_at=None,
            withdrawn_by=None,
            withdrawn_import_id=None,
        )
    )
    session.flush()
    return becomes


def dispute(
    session: Session, school_id: uuid.UUID, person_id: uuid.UUID, document: str, by: uuid.UUID, now: dt.datetime
) -> Dispute:
    """The open dispute about this pupil or signer, begun now unless there is one."""
    _take_turn(session, person_id, person_id)
    opened = open_dispute(session, person_id)
    if opened is None:
        opened = Dispute(
            school_id=school_id,
            id=new_id(),
            person_id=person_id,
            document=document,
            opened_at=now,
            opened_by=by,
            ended_at=None,
            ended_by=None,
        )
        session.add(opened)
        session.flush()
    return opened


def settle(session: Session, opened: Dispute, by: uuid.UUID, now: dt.datetime) -> Dispute:
    """The dispute, ended; ended again it stays as it is."""
    if opened.ended_at is None:
        opened.ended_at, opened.ended_by = now, by
        session.flush()
    return opened


def _take_turn(session: Session, student_id: uuid.UUID, guardian_id: uuid.UUID) -> None:
    """One writer at a time for a pair: what stands is read before it is replaced."""
    key = f"consent:{student_id}:{guardian_id}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def _supersede(session: Session, live: Consent | None, now: dt.datetime) -> None:
    if live is not None:
        live.superseded_at = now
        session.flush()


def _was_said(session: Session, said: Declaration) -> bool:
    return (
        session.scalar(
            sa.select(
                sa.exists().where(
                    Consent.student_id == said.student_id,
                    Consent.guardian_id == said.guardian_id,
                    Consent.purpose == said.purpose,
                    sa.or_(
                        Consent.import_id == said.import_id,
                        Consent.withdrawn_import_id == said.import_id,
                    ),
                )
            )
        )
        is True
    )


def _content(row: Consent) -> tuple[object, ...]:
    return (row.student_id, row.guardian_id, row.purpose, row.decision, row.signed_on, row.until, row.document)
