"""Counts over the whole school, a question each; how a decision counts is the rules' to say."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consents.models import Consent, Dispute
from services.accounts.consents.queries import LIVE
from services.accounts.consents.rules import Count, Decision, Purpose, born_by, counted_as, state_of
from services.accounts.register.models import Enrollment, Guardianship, Person


@dataclass
class ClassCounts:
    """Of one class: how many must decide, and how they did."""

    class_id: uuid.UUID
    class_name: str
    pupils: int
    without_signer: int
    """Pupils about whom nobody can decide: no guardian is known, and they are below 14."""
    signers: int = 0
    purposes: dict[Purpose, dict[Count, int]] = field(
        default_factory=lambda: {purpose: dict.fromkeys(Count, 0) for purpose in Purpose}
    )

    @property
    def gaps(self) -> int:
        return sum(counts[Count.MISSING] for counts in self.purposes.values())


def _enrolled(today: dt.date) -> list[sa.ColumnElement[bool]]:
    return [Enrollment.from_on <= today, sa.func.coalesce(Enrollment.to_on > today, True)]


def _signers(today: dt.date) -> sa.Subquery:
    """Pairs of pupil and signer: who looks after the pupil unless a court restricts it, and the pupil from 14."""
    guardians = sa.select(Guardianship.student_id, Guardianship.guardian_id).where(
        Guardianship.from_on <= today, sa.func.coalesce(Guardianship.to_on > today, True), ~Guardianship.restricted
    )
    grown = sa.select(Person.id, Person.id).where(
        Person.kinds.contains(["student"]), Person.birth_date <= born_by(today)
    )
    return sa.union(guardians, grown).subquery("signer")


def counts_by_class(session: Session, today: dt.date) -> dict[uuid.UUID, ClassCounts]:
    """Every class of today."""
    signer = _signers(today)
    has_signer = sa.exists().where(signer.c.student_id == Enrollment.student_id)
    classes = session.execute(
        sa.select(
            Enrollment.class_id,
            sa.func.min(Enrollment.class_name),
            sa.func.count(),
            sa.func.count().filter(~has_signer),
        )
        .where(*_enrolled(today))
        .group_by(Enrollment.class_id)
    )
    found = {row[0]: ClassCounts(*row) for row in classes}
    every = sa.select(sa.func.unnest(sa.literal([str(purpose) for purpose in Purpose], sa.ARRAY(sa.Text)))).subquery(
        "purpose"
    )
    purpose = every.c[0]
    withdrawn, given = Consent.withdrawn_at.is_not(None), Consent.decision == "given"
    disputed = sa.exists().where(
        Dispute.person_id.in_((Enrollment.student_id, signer.c.guardian_id)), Dispute.ended_at.is_(None)
    )
    past = sa.func.coalesce(Consent.until < today, False)
    decisions = session.execute(
        sa.select(Enrollment.class_id, purpose, given, withdrawn, past, disputed, sa.func.count())
        .join(signer, signer.c.student_id == Enrollment.student_id)
        .join(every, sa.true())
        .outerjoin(
            Consent,
            sa.and_(
                Consent.student_id == signer.c.student_id,
                Consent.guardian_id == signer.c.guardian_id,
                Consent.purpose == purpose,
                *LIVE,
            ),
        )
        .where(*_enrolled(today))
        .group_by(Enrollment.class_id, *(sa.literal_column(str(place)) for place in range(2, 7)))
    )
    for class_id, name, said, back, over, contested, number in decisions:
        # Any day before today stands for those that are over.
        until = today - dt.timedelta(days=1) if over else None
        decision = None if said is None else Decision(given=said, withdrawn=back, until=until)
        counted = found[class_id]
        counted.purposes[Purpose(name)][counted_as(state_of(decision, contested, today))] += number
        counted.signers += number if name == Purpose.DIARY else 0
    return found


def withdrawn_since(
    session: Session, first: dt.date, zone: str, classes: Collection[uuid.UUID], today: dt.date
) -> int:
    """Consents that were taken back from that day on, about pupils of these classes."""
    moment = dt.datetime.combine(first, dt.time(), ZoneInfo(zone))
    pupils = sa.select(Enrollment.student_id).where(Enrollment.class_id.in_(classes), *_enrolled(today))
    query = (
        sa.select(sa.func.count())
        .select_from(Consent)
        .where(Consent.withdrawn_at >= moment, Consent.student_id.in_(pupils))
    )
    return session.scalars(query).one()
