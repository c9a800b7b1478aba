"""Makes messages out of facts, and deliveries out of messages."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.clock import today_in
from services.common.db import new_id, scope_of
from services.common.work import tell
from services.notifications.addresses.models import HeldAddress
from services.notifications.messages.models import Absence, Delivery, Message
from services.notifications.messages.rules import State, day_of_pupil, is_known_already, is_told_at_once
from services.notifications.people.queries import addresses_of_family
from services.notifications.schools.models import MailSetting, School

MAIL_QUEUE = "notifications.mail"
_WAITING = (State.PENDING, State.HELD)


@dataclass(frozen=True)
class Fact:
    """Something that happened in journal, and when."""

    school_id: uuid.UUID
    epoch: str
    """Of journal's stream: versions are comparable within it."""
    origin: str
    occurred_at: dt.datetime
    request_id: str
    data: Mapping[str, Any]


def tell_of_mark(session: Session, fact: Fact, now: dt.datetime) -> None:
    """A mark was set, changed or taken back: what waits about it is replaced by this."""
    mark_id = uuid.UUID(fact.data["mark_id"])
    version: int = fact.data["version"]
    last = _last_message(session, "mark", mark_id)
    if last is not None and is_known_already(last.epoch, last.fact_version, fact.epoch, version):
        return
    before = fact.data["previous"]
    if last is not None:
        # What the family had seen before this system wrote of the mark for the first time.
        before = last.before
    _replace_waiting(session, "mark", mark_id, now)
    if not is_told_at_once(fact.origin, fact.occurred_at, now):
        return
    delay = dt.timedelta(minutes=_setting(session).mark_delay_minutes)
    message = Message(
        school_id=fact.school_id,
        id=new_id(),
        kind="mark",
        cause_id=mark_id,
        cause_version=max(version, last.cause_version + 1 if last else 0),
        fact_version=version,
        epoch=fact.epoch,
        student_id=uuid.UUID(fact.data["student_id"]),
        taught_on=dt.date.fromisoformat(fact.data["taught_on"]),
        subject=fact.data["subject"],
        work_type_title=fact.data["work_type_title"],
        symbol=fact.data["symbol"],
        before=before,
        due_at=now + delay,
        request_id=fact.request_id,
    )
    _deliver_to_family(session, message, now)


def tell_of_attendance(session: Session, fact: Fact, now: dt.datetime) -> None:
    """A pupil was absent, or was not after all: one message a day, amended while it waits."""
    student_id = uuid.UUID(fact.data["student_id"])
    day = dt.date.fromisoformat(fact.data["taught_on"])
    if not _note_absence(session, fact, student_id, day):
        return
    if not is_told_at_once(fact.origin, fact.occurred_at, now):
        return
    cause = day_of_pupil(student_id, day)
    last = _last_message(session, "absence", cause)
    if last is not None and _is_waiting(session, last):
        return  # what it says is read when it is handed over
    _replace_waiting(session, "absence", cause, now)
    delay = dt.timedelta(minutes=_setting(session).absence_delay_minutes)
    message = Message(
        school_id=fact.school_id,
        id=new_id(),
        kind="absence",
        cause_id=cause,
        cause_version=last.cause_version + 1 if last else 1,
        student_id=student_id,
        taught_on=day,
        symbol=None,
        before=None,
        due_at=now + delay,
        request_id=fact.request_id,
    )
    _deliver_to_family(session, message, now)


def _note_absence(session: Session, fact: Fact, student_id: uuid.UUID, day: dt.date) -> bool:
    """Stores the last word on this lesson; whether it changed anything a family would be told."""
    absent: bool = fact.data["status"] == "absent"
    row = session.get(Absence, (fact.school_id, uuid.UUID(fact.data["attendance_id"])))
    if row is None:
        session.add(
            Absence(
                school_id=fact.school_id,
                id=uuid.UUID(fact.data["attendance_id"]),
                student_id=student_id,
                taught_on=day,
                number=fact.data["number"],
                subject=fact.data["subject"],
                absent=absent,
                version=fact.data["version"],
                epoch=fact.epoch,
            )
        )
        session.flush()
        return absent
    if is_known_already(row.epoch, row.version, fact.epoch, fact.data["version"]):
        return False
    changed = row.absent != absent
    row.absent, row.version, row.epoch = absent, fact.data["version"], fact.epoch
    row.number, row.subject = fact.data["number"], fact.data["subject"]
    session.flush()
    return changed


def _last_message(session: Session, kind: str, cause_id: uuid.UUID) -> Message | None:
    return session.scalars(
        sa.select(Message)
        .where(Message.kind == kind, Message.cause_id == cause_id)
        .order_by(Message.cause_version.desc())
        .limit(1)
    ).one_or_none()


def _is_waiting(session: Session, message: Message) -> bool:
    """Whether every copy still waits; one that is under way may have been written already."""
    states = session.scalars(sa.select(Delivery.state).where(Delivery.message_id == message.id)).all()
    return bool(states) and set(states) <= set(_WAITING)


def _replace_waiting(session: Session, kind: str, cause_id: uuid.UUID, now: dt.datetime) -> None:
    earlier = sa.select(Message.id).where(Message.kind == kind, Message.cause_id == cause_id)
    session.execute(
        sa.update(Delivery)
        .where(Delivery.message_id.in_(earlier), Delivery.state.in_(_WAITING))
        .values(state=State.REPLACED, reason="changed before it was handed over", finished_at=now)
        .execution_options(synchronize_session=False)
    )


def _deliver_to_family(session: Session, message: Message, now: dt.datetime) -> None:
    """A delivery for each address of the family; decided when it is handed over."""
    session.add(message)
    session.flush()
    zone = session.scalar(sa.select(School.zone).where(School.id == message.school_id))
    # Accounts' stream may be behind journal's: a school not heard of yet is one of UTC for a moment.
    family = addresses_of_family(session, message.student_id, today_in(zone or "UTC", now))
    held = set(session.scalars(sa.select(HeldAddress.address).where(HeldAddress.lifted_at.is_(None))))
    rows = [
        {
            "school_id": message.school_id,
            "id": new_id(),
            "message_id": message.id,
            "address": address,
            "guardian_ids": guardians,
            "state": State.NOT_CONSENTED if address in held else State.PENDING,
            "reason": "address held" if address in held else "",
            "not_before": message.due_at,
            "finished_at": now if address in held else None,
        }
        for address, guardians in family.items()
    ]
    if rows:
        session.execute(insert(Delivery).on_conflict_do_nothing(), rows)
        tell(session, MAIL_QUEUE, (message.due_at - now).total_seconds())


def _setting(session: Session) -> MailSetting:
    found = session.get(MailSetting, scope_of(session).school_id)
    return found or MailSetting(mark_delay_minutes=0, absence_delay_minutes=10)
