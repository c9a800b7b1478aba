"""What accounts keeps about a person, as tables to be handed to him (152-ФЗ art. 14 part 7).

Not told of: what stands here only as a hash (tokens, addresses, tries at a password), and copies of journal's
register, which journal tells itself.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.documents.models import Document, DocumentAcceptance, DocumentVersion
from services.accounts.identities.models import Account, Membership
from services.accounts.identities.queries import membership_of_person
from services.accounts.personal_data import consents, sign_in
from services.accounts.personal_data.words import REQUESTS
from services.accounts.privacy_requests.models import PrivacyRequest
from services.accounts.register.queries import people_by_id
from services.accounts.retention.models import DestructionAct
from services.accounts.roles.models import Role
from services.common.personal_data.sections import Section, section


def gather(session: Session, person_id: uuid.UUID) -> list[Section]:
    """All of it, section by section; a kind of which there is nothing has no rows."""
    found = [
        _requests(session, person_id),
        _acts(session, person_id),
        _roles(session, person_id),
        _acceptances(session, person_id),
    ]
    found += consents.gather(session, person_id)
    membership = membership_of_person(session, person_id)
    found.append(_account(session, membership))
    return found + sign_in.gather(session, person_id, membership.account_id if membership else None)


def _account(session: Session, membership: Membership | None) -> Section:
    account = session.get_one(Account, membership.account_id) if membership else None
    rows = [(account.login, account.created_at, membership.ended_at)] if account and membership else []
    columns = {"login": "Логин", "created_at": "Создана", "ended_at": "Доступ закрыт"}
    return section("account", "Учётная запись", columns, rows)


def _roles(session: Session, person_id: uuid.UUID) -> Section:
    held = session.scalars(sa.select(Role).where(Role.person_id == person_id).order_by(Role.from_on, Role.id))
    rows = [
        (
            one.kind,
            one.from_on,
            one.to_on,
            len(one.classes) if one.classes is not None else None,
            ", ".join(one.directions) if one.directions is not None else None,
            one.order_number,
            one.order_date,
        )
        for one in held
    ]
    columns = {
        "kind": "Обязанность",
        "from": "С",
        "to": "До",
        "classes": "Классов",
        "directions": "Направления контроля",
        "order_number": "Приказ №",
        "order_date": "от",
    }
    return section("roles", "Обязанности в школе", columns, rows)


def _acceptances(session: Session, person_id: uuid.UUID) -> Section:
    rows = session.execute(
        sa.select(Document.title, DocumentVersion.number, DocumentAcceptance.accepted_at)
        .join(DocumentVersion, DocumentVersion.id == DocumentAcceptance.version_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(DocumentAcceptance.person_id == person_id)
        .order_by(DocumentAcceptance.accepted_at)
    )
    columns = {"document": "Документ", "version": "Версия", "accepted_at": "Принят"}
    return section("documents_accepted", "С чем ознакомились", columns, [tuple(row) for row in rows])


def _acts(session: Session, person_id: uuid.UUID) -> Section:
    found = session.scalars(
        sa.select(DestructionAct).where(DestructionAct.person_id == person_id).order_by(DestructionAct.number)
    )
    columns = {"number": "Акт №", "made_at": "Составлен", "approved_at": "Утверждён", "done_at": "Выполнен"}
    rows = [(one.number, one.made_at, one.approved_at, one.done_at) for one in found]
    return section("destruction_acts", "Акты об уничтожении данных", columns, rows)


def _requests(session: Session, person_id: uuid.UUID) -> Section:
    found = session.scalars(
        sa.select(PrivacyRequest)
        .where(sa.or_(PrivacyRequest.subject_id == person_id, PrivacyRequest.requester_id == person_id))
        .order_by(PrivacyRequest.number)
    ).all()
    people = people_by_id(session, {one.subject_id for one in found} | {one.requester_id for one in found})
    rows = [
        (
            one.number,
            REQUESTS[one.kind],
            people[one.subject_id].name,
            people[one.requester_id].name,
            one.received_on,
            one.text,
            one.closed_at,
            one.answer,
        )
        for one in found
    ]
    columns = {
        "number": "№",
        "kind": "О чём",
        "subject": "О ком",
        "requester": "Кто просил",
        "received_on": "Получен",
        "text": "Текст",
        "closed_at": "Закрыт",
        "answer": "Ответ",
    }
    return section("privacy_requests", "Запросы о персональных данных", columns, rows)
