"""Steps of a request: asked, gathered, its term extended, answered, withdrawn. What was asked stays as it was."""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consents.commands import dispute
from services.accounts.privacy_requests.models import PrivacyPart, PrivacyRequest
from services.accounts.privacy_requests.rules import (
    COPY_DAYS,
    MAY_BE_EXTENDED,
    Ground,
    Kind,
    Outcome,
    due_on,
    extended,
)
from services.accounts.queues import WORK
from services.accounts.retention.commands import NewAct, make_act
from services.accounts.retention.rules import Reason
from services.accounts.working_days.queries import own_days
from services.common.config import SERVICES
from services.common.db import new_id
from services.common.problems import ConflictError, NotFoundError
from services.common.work import tell

ASK_AGAIN = dt.timedelta(minutes=2)
"""A service that has not answered by then has lost the question, or is down."""
SLOWEST = dt.timedelta(hours=1)


@dataclass(frozen=True)
class NewRequest:
    """What is asked."""

    kind: Kind
    subject_id: uuid.UUID
    requester_id: uuid.UUID
    source: str
    text: str
    document: str
    received_on: dt.date
    recorded_by: uuid.UUID
    id: uuid.UUID | None = None


def ask(session: Session, school_id: uuid.UUID, new: NewRequest, now: dt.datetime) -> PrivacyRequest:
    """The request as stored, with its last day; for what is stored every service is asked. The same id and content
    again is the same request.

    Raises ConflictError for an id that stands for another, and while the same is asked already (`already-open`).
    """
    _take_turn(session, school_id)
    if new.id is not None:
        stored = session.scalar(sa.select(PrivacyRequest).where(PrivacyRequest.id == new.id))
        if stored is not None:
            if _content(stored) != _content(new):
                raise ConflictError("This id stands for another request.")
            return stored
    if _is_open(session, new):
        raise ConflictError("The same is asked already and not answered yet.", code="already-open")
    last = session.scalar(sa.select(sa.func.max(PrivacyRequest.number)))
    request = PrivacyRequest(
        school_id=school_id,
        id=new.id or new_id(),
        number=(last or 0) + 1,
        kind=new.kind.value,
        subject_id=new.subject_id,
        requester_id=new.requester_id,
        source=new.source,
        text=new.text,
        document=new.document,
        received_on=new.received_on,
        recorded_at=now,
        recorded_by=new.recorded_by,
        due_on=due_on(new.kind, new.received_on, own_days(session)),
        extended_on=None,
        extension_reason="",
        closed_at=None,
        closed_by=None,
        outcome=None,
        grounds=None,
        answer="",
        dispute_id=None,
        act_id=None,
    )
    session.add(request)
    session.flush()
    if new.kind is Kind.ACCESS:
        for service in SERVICES:
            session.add(
                PrivacyPart(
                    school_id=school_id,
                    request_id=request.id,
                    service=service,
                    attempt=0,
                    ask_at=now,
                    received_at=None,
                    content=None,
                    let_go_at=None,
                )
            )
        session.flush()
        tell(session, WORK)
    return request


def extend(session: Session, request: PrivacyRequest, reason: str, today: dt.date) -> PrivacyRequest:
    """Five working days more, once. Raises ConflictError where the law knows no extension, or no second one."""
    _require_open(request)
    if Kind(request.kind) not in MAY_BE_EXTENDED:
        raise ConflictError("The law lets no term of this kind be extended.", code="not-extendable")
    if request.extended_on is not None:
        raise ConflictError("The term was extended already.", code="extended-already")
    request.due_on = extended(request.due_on, own_days(session))
    request.extended_on, request.extension_reason = today, reason
    session.flush()
    return request


@dataclass(frozen=True)
class Answer:
    """What the school says."""

    outcome: Outcome
    grounds: Ground | None
    text: str
    categories: Sequence[str] = ()
    """Of data that are to go (`retention/rules.CATEGORIES`), for an erasure that is granted."""


def answer(
    session: Session, request: PrivacyRequest, said: Answer, by: uuid.UUID, now: dt.datetime
) -> PrivacyRequest:
    """The request, answered. A restriction that is granted begins with it; an erasure makes an act of destruction.

    Raises ConflictError for what is answered, and while not everything is gathered that is to be handed over;
    UnprocessableError (`kept-by-law`) for categories that law keeps.
    """
    _require_open(request)
    granted = said.outcome is Outcome.GRANTED
    if granted and request.kind == Kind.ACCESS and not is_gathered(session, request.id):
        raise ConflictError("Not every service has answered yet.", code="not-gathered")
    request.closed_at, request.closed_by, request.outcome = now, by, said.outcome.value
    request.grounds, request.answer = said.grounds.value if said.grounds else None, said.text
    if granted and request.kind == Kind.RESTRICTION:
        paper = f"Запрос № {request.number}"
        request.dispute_id = dispute(session, request.school_id, request.subject_id, paper, by, now).id
    if granted and request.kind == Kind.ERASURE:
        wanted = NewAct(said.categories, request.subject_id, Reason.DEMAND)
        request.act_id = make_act(session, request.school_id, wanted, by, now).id
    session.flush()
    return request


def withdraw(session: Session, request: PrivacyRequest, by: uuid.UUID, now: dt.datetime) -> PrivacyRequest:
    """The request, taken back; taken back again it stays as it is. Raises ConflictError for what is answered."""
    if request.outcome == Outcome.WITHDRAWN:
        return request
    _require_open(request)
    request.closed_at, request.closed_by, request.outcome = now, by, Outcome.WITHDRAWN.value
    session.flush()
    return request


def gather_again(session: Session, request: PrivacyRequest, now: dt.datetime) -> None:
    """Every service is asked anew; what they said before stays until they answer. Raises ConflictError."""
    _require_open(request)
    if request.kind != Kind.ACCESS:
        raise ConflictError("Nothing is gathered for this kind of request.", code="nothing-to-gather")
    for part in _parts(session, request.id):
        part.received_at, part.content, part.attempt, part.ask_at = None, None, 0, now
    session.flush()
    tell(session, WORK)


def take_part(
    session: Session,
    request_id: uuid.UUID,
    service: str,
    sections: Sequence[Mapping[str, Any]],
    now: dt.datetime,
) -> None:
    """Keeps what a service has told; told again the later counts. What comes after the answer is not kept.

    Raises NotFoundError for a request that asks nothing of this service.
    """
    request = session.scalar(sa.select(PrivacyRequest).where(PrivacyRequest.id == request_id).with_for_update())
    part = session.get(PrivacyPart, (request.school_id, request_id, service)) if request else None
    if request is None or part is None:
        raise NotFoundError
    if request.closed_at is None:
        part.received_at, part.content = now, gzip.compress(orjson.dumps(sections), mtime=0)
        session.flush()


@dataclass(frozen=True)
class Question:
    """What a service is to be asked now."""

    request_id: uuid.UUID
    service: str
    subject_id: uuid.UUID


def questions_due(session: Session, now: dt.datetime) -> list[Question]:
    """What no service has answered and is due to be asked; each is due again later, ever more slowly."""
    rows = session.execute(
        sa.select(PrivacyPart, PrivacyRequest.subject_id)
        .join(PrivacyRequest, PrivacyRequest.id == PrivacyPart.request_id)
        .where(PrivacyPart.received_at.is_(None), PrivacyPart.ask_at <= now, PrivacyRequest.closed_at.is_(None))
        .order_by(PrivacyPart.ask_at, PrivacyPart.request_id, PrivacyPart.service)
        .with_for_update(of=PrivacyPart, skip_locked=True)
    ).all()
    for part, _ in rows:
        part.attempt += 1
        part.ask_at = now + min(ASK_AGAIN * 2 ** min(part.attempt - 1, 5), SLOWEST)
    session.flush()
    return [Question(part.request_id, part.service, subject) for part, subject in rows]


def let_go(session: Session, now: dt.datetime) -> int:
    """Lets go of copies whose time is over; how many. What was withdrawn or refused needs none."""
    rows = session.scalars(
        sa.select(PrivacyPart)
        .join(PrivacyRequest, PrivacyRequest.id == PrivacyPart.request_id)
        .where(
            PrivacyPart.content.is_not(None),
            sa.or_(PrivacyRequest.closed_at <= now - COPY_DAYS, PrivacyRequest.outcome != Outcome.GRANTED),
        )
    ).all()
    for part in rows:
        part.content, part.let_go_at = None, now
    session.flush()
    return len(rows)


def is_gathered(session: Session, request_id: uuid.UUID) -> bool:
    """Whether every service has answered."""
    return all(part.received_at is not None for part in _parts(session, request_id))


def _parts(session: Session, request_id: uuid.UUID) -> list[PrivacyPart]:
    return list(session.scalars(sa.select(PrivacyPart).where(PrivacyPart.request_id == request_id)))


def _require_open(request: PrivacyRequest) -> None:
    if request.closed_at is not None:
        raise ConflictError("This request is closed.", code="closed")


def _is_open(session: Session, new: NewRequest) -> bool:
    same = sa.exists().where(
        PrivacyRequest.subject_id == new.subject_id,
        PrivacyRequest.requester_id == new.requester_id,
        PrivacyRequest.kind == new.kind.value,
        PrivacyRequest.closed_at.is_(None),
    )
    return session.scalar(sa.select(same)) is True


def _take_turn(session: Session, school_id: uuid.UUID) -> None:
    """One writer at a time in a school: numbers have no gaps and the same is not asked twice."""
    key = f"privacy:{school_id}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def _content(one: PrivacyRequest | NewRequest) -> tuple[object, ...]:
    kind = str(one.kind)
    return (kind, one.subject_id, one.requester_id, one.source, one.text, one.document, one.received_on)
