"""Decisions about a person and by him, with their papers and disputes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consent_scans.models import ConsentScan
from services.accounts.consents.models import Consent, Dispute
from services.accounts.personal_data.words import DECISIONS, PURPOSES, SOURCES
from services.accounts.register.models import Person
from services.accounts.register.queries import people_by_id
from services.common.personal_data.sections import Section, section


def gather(session: Session, person_id: uuid.UUID) -> list[Section]:
    """Consents, scans and disputes."""
    decisions = list(
        session.scalars(
            sa.select(Consent)
            .where(sa.or_(Consent.student_id == person_id, Consent.guardian_id == person_id))
            .order_by(Consent.recorded_at, Consent.id)
        )
    )
    named = {person for one in decisions for person in (one.student_id, one.guardian_id, one.recorded_by) if person}
    people = people_by_id(session, named)
    return [
        _decisions(decisions, people),
        _scans(session, decisions),
        _disputes(session, person_id),
    ]


def _decisions(decisions: list[Consent], people: Mapping[uuid.UUID, Person]) -> Section:
    def name(person_id: uuid.UUID | None) -> str | None:
        return people[person_id].name if person_id is not None and person_id in people else None

    rows = [
        (
            name(one.student_id),
            name(one.guardian_id),
            PURPOSES[one.purpose],
            DECISIONS[one.decision],
            one.signed_on,
            one.until,
            one.document,
            SOURCES[one.source],
            one.counts,
            one.recorded_at,
            name(one.recorded_by),
            one.superseded_at,
            one.withdrawn_at,
        )
        for one in decisions
    ]
    columns = {
        "student": "Ученик",
        "signer": "Кто решил",
        "purpose": "Цель",
        "decision": "Решение",
        "signed_on": "Дата",
        "until": "Действует по",
        "document": "Документ",
        "source": "Как",
        "counts": "Учтено",
        "recorded_at": "Записано",
        "recorded_by": "Кто записал",
        "replaced_at": "Заменено",
        "withdrawn_at": "Отозвано",
    }
    return section("consents", "Согласия и отказы", columns, rows)


def _scans(session: Session, decisions: list[Consent]) -> Section:
    found = session.scalars(
        sa.select(ConsentScan)
        .where(ConsentScan.consent_id.in_([one.id for one in decisions]))
        .order_by(ConsentScan.attached_at)
    )
    columns = {
        "media_type": "Вид файла",
        "size": "Байт",
        "attached_at": "Приложен",
        "annulled_at": "Аннулирован",
        "reason": "Почему",
    }
    rows = [(one.media_type, one.size, one.attached_at, one.annulled_at, one.annulled_reason) for one in found]
    return section("consent_scans", "Сканы согласий", columns, rows)


def _disputes(session: Session, person_id: uuid.UUID) -> Section:
    found = session.scalars(sa.select(Dispute).where(Dispute.person_id == person_id).order_by(Dispute.opened_at))
    columns = {"document": "Документ", "opened_at": "С", "ended_at": "До"}
    rows = [(one.document, one.opened_at, one.ended_at) for one in found]
    return section("restrictions", "Ограничения обработки", columns, rows)
