"""Requests as they are read."""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
from collections.abc import Collection
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from services.accounts.consents.models import Dispute
from services.accounts.privacy_requests.models import PrivacyPart, PrivacyRequest
from services.accounts.privacy_requests.rules import COPY_DAYS, Outcome, Part, Urgency, urgency
from services.accounts.register.queries import people_by_id
from services.accounts.working_days.queries import own_days
from services.accounts.working_days.rules import working_days_left
from services.common.paging import Page, page_of
from services.common.problems import NotFoundError


def request_by_id(session: Session, request_id: uuid.UUID, *, lock: bool = False) -> PrivacyRequest:
    """The row. Raises NotFoundError."""
    query = sa.select(PrivacyRequest).where(PrivacyRequest.id == request_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError
    return found


def requests(
    session: Session,
    requester_id: uuid.UUID | None,
    closed: bool | None,
    today: dt.date,
    after: uuid.UUID | None,
    limit: int,
) -> Page[dict[str, Any]]:
    """Of one person, or of the whole school; the latest first."""
    query = sa.select(PrivacyRequest).order_by(PrivacyRequest.id.desc()).limit(limit + 1)
    if requester_id is not None:
        query = query.where(PrivacyRequest.requester_id == requester_id)
    if closed is not None:
        query = query.where(PrivacyRequest.closed_at.is_not(None) == closed)
    if after is not None:
        query = query.where(PrivacyRequest.id < after)
    page = page_of(session.scalars(query).all(), limit, lambda one: one.id)
    return Page(lines(session, page.items, today), page.next)


def lines(session: Session, found: Collection[PrivacyRequest], today: dt.date) -> list[dict[str, Any]]:
    """Each as `RequestOut` says."""
    named = {person for one in found for person in (one.subject_id, one.requester_id, one.closed_by) if person}
    people = people_by_id(session, named)
    parts = _parts_of(session, [one.id for one in found])
    disputes = _ended_of(session, [one.dispute_id for one in found if one.dispute_id])
    own = own_days(session)

    def name(person_id: uuid.UUID | None) -> str:
        return people[person_id].name if person_id in people else ""

    return [
        {
            "id": one.id,
            "number": one.number,
            "kind": one.kind,
            "subject_id": one.subject_id,
            "subject": name(one.subject_id),
            "requester_id": one.requester_id,
            "requester": name(one.requester_id),
            "source": one.source,
            "text": one.text,
            "document": one.document,
            "received_on": one.received_on,
            "due_on": one.due_on,
            "working_days_left": None if one.closed_at else working_days_left(today, one.due_on, own),
            "urgency": None if one.closed_at else str(urgency(today, one.due_on, own)),
            "extended_on": one.extended_on,
            "extension_reason": one.extension_reason,
            "closed_at": one.closed_at,
            "closed_by": name(one.closed_by),
            "outcome": one.outcome,
            "grounds": one.grounds,
            "answer": one.answer,
            "parts": [
                {"service": part.service, "received_at": part.received_at, "kept": part.let_go_at is None}
                for part in parts.get(one.id, [])
            ],
            "copy_until": _copy_until(one, parts.get(one.id, [])),
            "dispute_id": one.dispute_id,
            "act_id": one.act_id,
            "restricted": one.dispute_id is not None and disputes[one.dispute_id] is None,
        }
        for one in found
    ]


def gathered(session: Session, request: PrivacyRequest) -> list[Part]:
    """What every service has told, in order of name. Raises NotFoundError with code `not-kept` once it was let go,
    `not-gathered` before all have answered."""
    rows = session.scalars(
        sa.select(PrivacyPart)
        .where(PrivacyPart.request_id == request.id)
        .options(undefer(PrivacyPart.content))
        .order_by(PrivacyPart.service)
    ).all()
    if any(part.let_go_at is not None for part in rows):
        raise NotFoundError("The copy was let go when its time was over.", code="not-kept")
    if not rows or any(part.received_at is None or part.content is None for part in rows):
        raise NotFoundError("Nothing is gathered yet.", code="not-gathered")
    return [
        Part(part.service, part.received_at, orjson.loads(gzip.decompress(part.content)))
        for part in rows
        if part.received_at is not None and part.content is not None
    ]


def has_questions_due(session: Session, now: dt.datetime) -> bool:
    """Whether some service is to be asked again."""
    due = sa.exists().where(
        PrivacyPart.received_at.is_(None),
        PrivacyPart.ask_at <= now,
        PrivacyRequest.id == PrivacyPart.request_id,
        PrivacyRequest.closed_at.is_(None),
    )
    return session.scalar(sa.select(due)) is True


def to_answer(session: Session, today: dt.date) -> dict[str, int]:
    """How many requests of the school are open, and of them near the end of their term or past it."""
    own = own_days(session)
    days = session.scalars(sa.select(PrivacyRequest.due_on).where(PrivacyRequest.closed_at.is_(None))).all()
    urgencies = [urgency(today, day, own) for day in days]
    return {
        "open": len(days),
        "soon": urgencies.count(Urgency.SOON),
        "overdue": urgencies.count(Urgency.OVERDUE),
    }


def answered_lately(session: Session, requester_id: uuid.UUID, now: dt.datetime) -> int:
    """How many of a person's requests were answered within the time that copies are kept."""
    query = (
        sa.select(sa.func.count())
        .select_from(PrivacyRequest)
        .where(
            PrivacyRequest.requester_id == requester_id,
            PrivacyRequest.closed_at > now - COPY_DAYS,
            PrivacyRequest.outcome != Outcome.WITHDRAWN,
        )
    )
    return session.scalars(query).one()


def _copy_until(request: PrivacyRequest, parts: Collection[PrivacyPart]) -> dt.datetime | None:
    """Until when the answer's copy can be fetched; nothing where there is none, or no end of it yet."""
    kept = parts and all(part.received_at and part.let_go_at is None for part in parts)
    if not kept or request.closed_at is None or request.outcome != Outcome.GRANTED:
        return None
    return request.closed_at + COPY_DAYS


def _parts_of(session: Session, requests: Collection[uuid.UUID]) -> dict[uuid.UUID, list[PrivacyPart]]:
    found: dict[uuid.UUID, list[PrivacyPart]] = {}
    query = sa.select(PrivacyPart).where(PrivacyPart.request_id.in_(requests)).order_by(PrivacyPart.service)
    for part in session.scalars(query):
        found.setdefault(part.request_id, []).append(part)
    return found


def _ended_of(session: Session, disputes: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime | None]:
    return {one.id: one.ended_at for one in session.scalars(sa.select(Dispute).where(Dispute.id.in_(disputes)))}
