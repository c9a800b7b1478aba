"""The register as it is shown: every pupil, signer and purpose with the decision, or its absence."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consent_scans.queries import with_scan
from services.accounts.consents.models import Consent
from services.accounts.consents.queries import Standing, standing
from services.accounts.consents.rules import Purpose, State, decides_himself
from services.accounts.register.models import Person
from services.accounts.register.queries import (
    class_members,
    guardians_of,
    guardianships_of,
    people_by_id,
)

Key = tuple[uuid.UUID, uuid.UUID, str]
MOST_OF_A_CLASS = 200
OWN = "self"
"""The relation of a pupil who signs for himself."""


@dataclass(frozen=True)
class Signer:
    """Who decides about whom."""

    student_id: uuid.UUID
    guardian_id: uuid.UUID
    relation: str
    restricted: bool = False


def class_register(
    session: Session,
    class_id: uuid.UUID,
    today: dt.date,
    after: uuid.UUID | None,
    limit: int,
    state: State | None,
) -> tuple[list[dict[str, Any]], uuid.UUID | None]:
    """Lines of up to `limit` pupils of the class, and the last of them if there are more."""
    members = [member.student_id for member in class_members(session, class_id, today, after, limit + 1)]
    students, more = members[:limit], len(members) > limit
    return lines(session, signers_of(session, students, today), today, state), students[-1] if more else None


def class_signers(session: Session, class_id: uuid.UUID, today: dt.date) -> list[Signer]:
    """Whoever decides about a pupil of this class."""
    members = class_members(session, class_id, today, None, MOST_OF_A_CLASS)
    return signers_of(session, [member.student_id for member in members], today)


def signers_of(session: Session, students: Sequence[uuid.UUID], today: dt.date) -> list[Signer]:
    """Those who look after these pupils today, and the pupils themselves from 14."""
    people = people_by_id(session, students)
    links = guardians_of(session, students, today)
    signers = [Signer(row.student_id, row.guardian_id, row.relation, row.restricted) for row in links]
    return signers + [Signer(s, s, OWN) for s in students if _decides(people.get(s), today)]


def own_register(session: Session, person_id: uuid.UUID, today: dt.date, state: State | None) -> list[dict[str, Any]]:
    """Lines of a signer: about the pupils he looks after, and about himself from 14."""
    signers = [Signer(row.student_id, person_id, row.relation) for row in guardianships_of(session, person_id, today)]
    if _decides(people_by_id(session, [person_id]).get(person_id), today):
        signers.append(Signer(person_id, person_id, OWN))
    return lines(session, signers, today, state)


def lines(session: Session, signers: Iterable[Signer], today: dt.date, state: State | None) -> list[dict[str, Any]]:
    """One line per signer and purpose, only those in `state` if it is named; in order of name."""
    signers = list(signers)
    stand = standing(session, {signer.student_id for signer in signers}, today)
    said = _only_shown(session, stand.students)
    scanned = with_scan(session, [consent.id for consent in stand.consents.values()])
    people = people_by_id(session, {s.student_id for s in signers} | {s.guardian_id for s in signers})
    found = [
        line
        for signer in signers
        for purpose in Purpose
        for line in [_line(signer, purpose, stand, said, people, scanned)]
        if state is None or line["state"] == state
    ]
    order = {purpose: number for number, purpose in enumerate(Purpose)}
    return sorted(
        found,
        key=lambda line: (line["student"], line["student_id"], line["guardian_id"], order[line["purpose"]]),
    )


def consent_line(session: Session, consent: Consent, today: dt.date) -> dict[str, Any]:
    """The line of one decision, as it stands now."""
    relation = OWN if consent.student_id == consent.guardian_id else ""
    signer = Signer(consent.student_id, consent.guardian_id, relation)
    for link in guardians_of(session, [consent.student_id], today):
        if link.guardian_id == consent.guardian_id:
            signer = Signer(consent.student_id, consent.guardian_id, link.relation, link.restricted)
    return next(line for line in lines(session, [signer], today, None) if line["purpose"] == consent.purpose)


def _line(
    signer: Signer,
    purpose: Purpose,
    stand: Standing,
    said: dict[Key, Consent],
    people: dict[uuid.UUID, Person],
    scanned: Collection[uuid.UUID],
) -> dict[str, Any]:
    consent = stand.consents.get((signer.student_id, signer.guardian_id, purpose))
    shown = said.get((signer.student_id, signer.guardian_id, purpose))
    if shown is not None and consent is not None and shown.recorded_at < consent.recorded_at:
        shown = None
    return {
        "id": consent.id if consent else None,
        "student_id": signer.student_id,
        "student": _name(people, signer.student_id),
        "guardian_id": signer.guardian_id,
        "guardian": _name(people, signer.guardian_id),
        "relation": signer.relation,
        "restricted": signer.restricted,
        "purpose": purpose,
        "state": stand.of(signer.student_id, signer.guardian_id)[purpose],
        "decision": consent.decision if consent else None,
        "signed_on": consent.signed_on if consent else None,
        "until": consent.until if consent else None,
        "document": consent.document if consent else None,
        "form_id": consent.form_id if consent else None,
        "scan": consent is not None and consent.id in scanned,
        "source": consent.source if consent else None,
        "withdrawn_at": consent.withdrawn_at if consent else None,
        "declared": {"decision": shown.decision, "signed_on": shown.signed_on} if shown else None,
    }


def _only_shown(session: Session, students: Collection[uuid.UUID]) -> dict[Key, Consent]:
    """By pair and purpose, the last thing that a list said and that does not count."""
    rows = session.scalars(
        sa.select(Consent)
        .where(Consent.student_id.in_(students), ~Consent.counts)
        .order_by(Consent.recorded_at, Consent.id)
    )
    return {(row.student_id, row.guardian_id, row.purpose): row for row in rows}


def _decides(person: Person | None, today: dt.date) -> bool:
    return person is not None and "student" in person.kinds and decides_himself(person.birth_date, today)


def _name(people: dict[uuid.UUID, Person], person_id: uuid.UUID) -> str:
    person = people.get(person_id)
    return person.name if person else ""
