"""Claiming due deliveries with a lease, and recording how they ended: never while a letter is under way."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import NO_PAUSE_IS_SO_LONG
from services.common.work import lease_is_over
from services.notifications.addresses.models import HeldAddress
from services.notifications.messages.models import Absence, Delivery, Message
from services.notifications.messages.rules import Happening, State, absences_as_told, happening
from services.notifications.people.models import Person
from services.notifications.schools.models import School

MOST_CLAIMED = 100
LEASE = dt.timedelta(seconds=90)
WORKED_FOR = dt.timedelta(seconds=30)
"""A batch is worked on for so long, then the rest goes back: the slowest relay may take a minute for the letter that
was begun last, and must have it before somebody else may claim it."""

_CLAIM = sa.text(
    "UPDATE delivery SET state = 'running', lease_until = :lease_until, attempt = attempt + 1"
    " WHERE id IN (SELECT d.id FROM delivery d"
    "  JOIN message m ON m.school_id = d.school_id AND m.id = d.message_id"
    "  WHERE ((d.state IN ('pending', 'held') AND d.not_before <= :now)"
    "      OR (d.state = 'running' AND (d.lease_until < :now OR d.lease_until > :absurd)))"
    # A correction never overtakes the letter that it corrects.
    "   AND NOT EXISTS (SELECT 1 FROM delivery o"
    "     JOIN message om ON om.school_id = o.school_id AND om.id = o.message_id"
    "     WHERE om.kind = m.kind AND om.cause_id = m.cause_id AND o.address = d.address"
    "      AND o.state = 'running' AND o.id <> d.id)"
    "  ORDER BY d.not_before, d.id LIMIT :most FOR UPDATE OF d SKIP LOCKED)"
    " RETURNING id"
)


@dataclass(frozen=True)
class Job:
    """A claimed delivery with all that its letter needs."""

    delivery_id: uuid.UUID
    address: str
    guardian_ids: tuple[uuid.UUID, ...]
    attempt: int
    undecided_since: dt.datetime | None
    message: Message
    child: str
    school_name: str
    known: str | None
    present: str | None
    lessons: Mapping[int, str]
    address_held: bool

    @property
    def happening(self) -> Happening:
        return happening(self.known, self.present)


def claim(session: Session, now: dt.datetime, token_hash: Callable[[uuid.UUID], str]) -> list[uuid.UUID]:
    """Due deliveries of the transaction's school, now this process's while the lease lasts."""
    moments = {"now": now, "lease_until": now + LEASE, "absurd": now + NO_PAUSE_IS_SO_LONG}
    ids = list(session.execute(_CLAIM, {**moments, "most": MOST_CLAIMED}).scalars())
    if ids:
        session.execute(
            sa.text("UPDATE delivery SET token_hash = :token_hash WHERE id = :id"),
            [{"id": delivery_id, "token_hash": token_hash(delivery_id)} for delivery_id in ids],
        )
    return ids


def jobs(session: Session, ids: Sequence[uuid.UUID]) -> list[Job]:
    """What to write in each claimed delivery, in the order in which they became due."""
    rows = session.execute(
        sa.select(Delivery, Message, Person.first_name, School.name)
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(Person, Person.id == Message.student_id)
        .outerjoin(School, School.id == Delivery.school_id)
        .where(Delivery.id.in_(ids), Delivery.state == State.RUNNING)
        .order_by(Delivery.not_before, Delivery.id)
    ).all()
    told = _told(session, {row.Message.cause_id for row in rows})
    held = set(session.scalars(sa.select(HeldAddress.address).where(HeldAddress.lifted_at.is_(None))))
    return [_job(session, row, told, row.Delivery.address in held) for row in rows]


_Told = dict[tuple[str, uuid.UUID, str], str | None]


def _told(session: Session, causes: set[uuid.UUID]) -> _Told:
    """What each address was last told of each cause."""
    rows = session.execute(
        sa.select(Message.kind, Message.cause_id, Delivery.address, Delivery.told)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.state == State.DONE, Message.cause_id.in_(causes))
        .order_by(Message.cause_version)
    )
    return {(kind, cause_id, address): told for kind, cause_id, address, told in rows}


def _job(session: Session, row: Any, told: _Told, address_held: bool) -> Job:
    delivery: Delivery = row.Delivery
    message: Message = row.Message
    key = (message.kind, message.cause_id, delivery.address)
    known = told.get(key)
    lessons: dict[int, str] = {}
    if message.kind == "absence":
        lessons = _lessons_missed(session, message)
        present = absences_as_told(lessons)
    else:
        present = message.symbol
        if key not in told and present is not None:
            known = message.before
    return Job(
        delivery_id=delivery.id,
        address=delivery.address,
        guardian_ids=tuple(delivery.guardian_ids),
        attempt=delivery.attempt,
        undecided_since=delivery.undecided_since,
        message=message,
        child=row.first_name or "Ваш ребёнок",
        school_name=row.name or "Журнал",
        known=known,
        present=present,
        lessons=lessons,
        address_held=address_held,
    )


def _lessons_missed(session: Session, message: Message) -> dict[int, str]:
    rows = session.execute(
        sa.select(Absence.number, Absence.subject).where(
            Absence.student_id == message.student_id,
            Absence.taught_on == message.taught_on,
            Absence.absent,
        )
    )
    return dict(rows.all())


def finish(
    session: Session, delivery_id: uuid.UUID, state: State, reason: str, now: dt.datetime, told: str | None = None
) -> None:
    """Records how a delivery ended."""
    _record(session, delivery_id, state=state, reason=reason, told=told, finished_at=now)


def put_back(
    session: Session,
    delivery_id: uuid.UUID,
    state: State,
    reason: str,
    not_before: dt.datetime,
    attempt: int,
    undecided_since: dt.datetime | None = None,
) -> None:
    """Leaves a delivery for later."""
    _record(
        session,
        delivery_id,
        state=state,
        reason=reason,
        not_before=not_before,
        attempt=attempt,
        undecided_since=undecided_since,
    )


def _record(session: Session, delivery_id: uuid.UUID, **values: Any) -> None:
    session.execute(
        sa.update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == State.RUNNING)
        .values(lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    if values["state"] in (State.PENDING, State.HELD):
        session.execute(_REPLACE_OVERTAKEN, {"id": delivery_id})


# A newer message of the same cause came while this copy was under way: it says everything.
_REPLACE_OVERTAKEN = sa.text(
    "UPDATE delivery SET state = 'replaced', reason = 'changed before it was handed over',"
    " finished_at = clock_timestamp() WHERE id = :id AND EXISTS (SELECT 1 FROM message m"
    "  JOIN message newer ON newer.school_id = m.school_id AND newer.kind = m.kind"
    "   AND newer.cause_id = m.cause_id AND newer.cause_version > m.cause_version"
    "  WHERE m.id = delivery.message_id)"
)


def next_due(session: Session) -> dt.datetime | None:
    """When the next waiting delivery of the school becomes due."""
    return session.execute(
        sa.select(sa.func.min(Delivery.not_before)).where(Delivery.state.in_((State.PENDING, State.HELD)))
    ).scalar_one()


def has_due(session: Session, now: dt.datetime) -> bool:
    """Whether something waits longer than it should, or was forgotten by a process that died."""
    waiting = sa.and_(Delivery.state.in_((State.PENDING, State.HELD)), Delivery.not_before <= now)
    forgotten = sa.and_(Delivery.state == State.RUNNING, lease_is_over(Delivery.lease_until, now))
    found = session.execute(sa.select(sa.exists().where(sa.or_(waiting, forgotten))))
    return bool(found.scalar_one())
