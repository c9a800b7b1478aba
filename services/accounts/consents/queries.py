"""How decisions stand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consents.models import Consent, Dispute
from services.accounts.consents.rules import (
    Answer,
    Decision,
    Outcome,
    Purpose,
    State,
    answer_for_guardian,
    answer_for_pupil,
    decides_himself,
    state_of,
)
from services.accounts.register.models import Guardianship, Person
from services.common.problems import NotFoundError

Pair = tuple[uuid.UUID, uuid.UUID]
"""Pupil, signer."""

LIVE = (Consent.counts, Consent.superseded_at.is_(None))
"""The decisions that count."""


def decision_of(consent: Consent) -> Decision:
    """The row as the rules see it."""
    return Decision(
        given=consent.decision == "given",
        until=consent.until,
        withdrawn=consent.withdrawn_at is not None,
        by_import=consent.source == "import",
        signed_on=consent.signed_on,
    )


def live_consents(session: Session, students: Collection[uuid.UUID]) -> list[Consent]:
    """The decisions that count, of these pupils' signers."""
    return list(session.scalars(sa.select(Consent).where(Consent.student_id.in_(students), *LIVE)))


def live_consent(session: Session, student_id: uuid.UUID, guardian_id: uuid.UUID, purpose: str) -> Consent | None:
    """The decision that counts for one pair and purpose, locked."""
    return session.scalar(
        sa.select(Consent)
        .where(
            Consent.student_id == student_id,
            Consent.guardian_id == guardian_id,
            Consent.purpose == purpose,
            *LIVE,
        )
        .with_for_update()
    )


def disputed_people(session: Session) -> set[uuid.UUID]:
    """Pupils and signers whose processing is disputed: few in any school."""
    return set(session.scalars(sa.select(Dispute.person_id).where(Dispute.ended_at.is_(None))))


def open_dispute(session: Session, person_id: uuid.UUID) -> Dispute | None:
    return session.scalar(sa.select(Dispute).where(Dispute.person_id == person_id, Dispute.ended_at.is_(None)))


def consent_by_id(session: Session, consent_id: uuid.UUID, *, lock: bool = True) -> Consent:
    """The row. Raises NotFoundError."""
    query = sa.select(Consent).where(Consent.id == consent_id)
    consent = session.scalar(query.with_for_update() if lock else query)
    if consent is None:
        raise NotFoundError
    return consent


@dataclass
class Standing:
    """How the decisions of some pupils' signers stand on a day."""

    students: frozenset[uuid.UUID]
    states: dict[Pair, dict[Purpose, State]] = field(default_factory=dict)
    consents: dict[tuple[uuid.UUID, uuid.UUID, Purpose], Consent] = field(default_factory=dict)
    disputed: set[uuid.UUID] = field(default_factory=set)
    """Pupils and signers of the school whose processing is in dispute."""

    def of(self, student_id: uuid.UUID, signer_id: uuid.UUID) -> dict[Purpose, State]:
        """Every purpose with its state."""
        missing = State.DISPUTED if self.is_disputed(student_id, signer_id) else State.MISSING
        return dict.fromkeys(Purpose, missing) | self.states.get((student_id, signer_id), {})

    def is_disputed(self, student_id: uuid.UUID, signer_id: uuid.UUID) -> bool:
        return not self.disputed.isdisjoint((student_id, signer_id))

    def guardians_of(self, student_id: uuid.UUID) -> list[uuid.UUID]:
        return [signer for student, signer in self.states if student == student_id and signer != student]


def standing(session: Session, students: Iterable[uuid.UUID], today: dt.date) -> Standing:
    """How all decisions of these pupils' signers stand today."""
    result = Standing(frozenset(students))
    if not result.students:
        return result
    result.disputed = disputed_people(session)
    states: defaultdict[Pair, dict[Purpose, State]] = defaultdict(dict)
    for consent in live_consents(session, result.students):
        purpose = Purpose(consent.purpose)
        states[consent.student_id, consent.guardian_id][purpose] = state_of(
            decision_of(consent), result.is_disputed(consent.student_id, consent.guardian_id), today
        )
        result.consents[consent.student_id, consent.guardian_id, purpose] = consent
    result.states = dict(states)
    return result


def diary_students(session: Session, person_id: uuid.UUID, is_student: bool, today: dt.date) -> frozenset[uuid.UUID]:
    """Pupils whose diary this person may read by consent, himself included."""
    students = set(
        session.scalars(
            sa.select(Consent.student_id).where(
                Consent.guardian_id == person_id, Consent.purpose == Purpose.DIARY, *LIVE
            )
        )
    )
    if is_student:
        students.add(person_id)
    if not students:
        return frozenset()
    answers = access_answers(session, Purpose.DIARY, [(s, person_id) for s in students], today)
    return frozenset(student for (student, _), answer in answers.items() if answer.outcome is Outcome.ALLOWED)


def access_answers(session: Session, purpose: Purpose, pairs: Collection[Pair], today: dt.date) -> dict[Pair, Answer]:
    """For each (pupil, person) whether consent lets this person have it, and why."""
    stand = standing(session, {student for student, _ in pairs}, today)
    known = _known_pairs(session, pairs)
    themselves = [student for student, person in pairs if student == person]
    births = _birth_dates(session, themselves)
    barred = _barred_guardians(session, themselves)
    answers: dict[Pair, Answer] = {}
    for student, person in pairs:
        if student == person:
            guardians = [
                stand.of(student, guardian)
                for guardian in stand.guardians_of(student)
                if (student, guardian) not in barred
            ]
            own = stand.of(student, student)
            answer = answer_for_pupil(purpose, decides_himself(births.get(student), today), own, guardians)
        else:
            answer = answer_for_guardian(purpose, stand.of(student, person))
        decided = (student, person) in stand.states
        if not decided and not stand.is_disputed(student, person) and (student, person) not in known:
            answer = Answer(Outcome.UNDECIDED, "unknown")
        answers[student, person] = answer
    return answers


def _known_pairs(session: Session, pairs: Collection[Pair]) -> set[Pair]:
    """Pairs that accounts has been told of: an older message may still be on its way for the others."""
    rows = session.execute(
        sa.select(Guardianship.student_id, Guardianship.guardian_id).where(
            Guardianship.student_id.in_({student for student, _ in pairs})
        )
    )
    pupils = session.scalars(sa.select(Person.id).where(Person.id.in_({s for s, p in pairs if s == p})))
    return {(student, guardian) for student, guardian in rows} | {(pupil, pupil) for pupil in pupils}


def _birth_dates(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.date]:
    if not people:
        return {}
    rows = session.execute(
        sa.select(Person.id, Person.birth_date).where(Person.id.in_(people), Person.birth_date.is_not(None))
    )
    return {person: birth_date for person, birth_date in rows if birth_date is not None}


def _barred_guardians(session: Session, students: Collection[uuid.UUID]) -> set[Pair]:
    """Guardians whose link is known to be restricted or ended: they decide for a young pupil no more.
    An old copy can only keep the door shut here, never open it."""
    if not students:
        return set()
    rows = session.execute(
        sa.select(
            Guardianship.student_id,
            Guardianship.guardian_id,
            sa.func.bool_and(
                Guardianship.restricted | sa.func.coalesce(Guardianship.to_on <= sa.func.current_date(), False)
            ),
        )
        .where(Guardianship.student_id.in_(students))
        .group_by(Guardianship.student_id, Guardianship.guardian_id)
    )
    return {(student, guardian) for student, guardian, barred in rows if barred}
