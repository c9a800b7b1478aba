"""What was recorded in the register, step by step, from the rows that stay."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consent_scans.models import ConsentScan
from services.accounts.consents.models import Consent, Dispute
from services.accounts.register.models import Guardianship


@dataclass(frozen=True)
class Change:
    """One step."""

    at: dt.datetime
    student_id: uuid.UUID
    signer_id: uuid.UUID | None
    """Nobody's in particular: a dispute is about the pupil."""
    purpose: str | None
    act: str
    """In words of a paper."""
    by: uuid.UUID | None
    """Who recorded it; nobody: a list did."""
    signed_on: dt.date | None = None
    source: str | None = None
    document: str = ""


def changes(session: Session, students: Collection[uuid.UUID], first: dt.datetime, end: dt.datetime) -> list[Change]:
    """Steps about these pupils from `first` on and before `end`, the earliest first."""

    def between(
        column: sa.orm.InstrumentedAttribute[dt.datetime] | sa.orm.InstrumentedAttribute[dt.datetime | None],
    ) -> sa.ColumnElement[bool]:
        return sa.and_(column >= first, column < end)

    def within(moment: dt.datetime | None) -> bool:
        return moment is not None and first <= moment < end

    found: list[Change] = []
    decisions = session.scalars(
        sa.select(Consent).where(
            Consent.student_id.in_(students), sa.or_(between(Consent.recorded_at), between(Consent.withdrawn_at))
        )
    )
    for row in decisions:
        who = (row.student_id, row.guardian_id, row.purpose)
        if within(row.recorded_at):
            said = "согласие" if row.decision == "given" else "отказ"
            act = said if row.counts else f"{said} в списке, не засчитано"
            found.append(Change(row.recorded_at, *who, act, row.recorded_by, row.signed_on, row.source, row.document))
        if row.withdrawn_at is not None and within(row.withdrawn_at):
            source = "import" if row.withdrawn_import_id else None
            found.append(Change(row.withdrawn_at, *who, "отозвано", row.withdrawn_by, source=source))
    for one, student, signer in _disputes(session, students, first, end):
        about = (student, signer, None)
        if within(one.opened_at):
            found.append(Change(one.opened_at, *about, "обработка оспорена", one.opened_by, document=one.document))
        if one.ended_at is not None and within(one.ended_at):
            found.append(Change(one.ended_at, *about, "спор окончен", one.ended_by))
    scans = session.execute(
        sa.select(ConsentScan, Consent)
        .join(Consent, Consent.id == ConsentScan.consent_id)
        .where(
            Consent.student_id.in_(students),
            sa.or_(between(ConsentScan.attached_at), between(ConsentScan.annulled_at)),
        )
    )
    for scan, row in scans:
        who = (row.student_id, row.guardian_id, row.purpose)
        if within(scan.attached_at):
            found.append(Change(scan.attached_at, *who, "приложен скан", scan.attached_by, document=row.document))
        if scan.annulled_at is not None and within(scan.annulled_at):
            why = scan.annulled_reason or ""
            found.append(Change(scan.annulled_at, *who, "скан аннулирован", scan.annulled_by, document=why))
    return sorted(found, key=lambda one: (one.at, one.student_id, one.act))


def _disputes(
    session: Session, students: Collection[uuid.UUID], first: dt.datetime, end: dt.datetime
) -> list[tuple[Dispute, uuid.UUID, uuid.UUID | None]]:
    """Disputes that were begun or ended in this time, each with the pupil, and with the signer if it is about him."""
    in_time = sa.or_(Dispute.opened_at.between(first, end), Dispute.ended_at.between(first, end))
    about_pupils = session.scalars(sa.select(Dispute).where(Dispute.person_id.in_(students), in_time))
    found: list[tuple[Dispute, uuid.UUID, uuid.UUID | None]] = [(one, one.person_id, None) for one in about_pupils]
    about_signers = session.execute(
        sa.select(Dispute, Guardianship.student_id)
        .join(Guardianship, Guardianship.guardian_id == Dispute.person_id)
        .where(Guardianship.student_id.in_(students), in_time)
        .distinct()
    )
    return found + [(one, student, one.person_id) for one, student in about_signers]
