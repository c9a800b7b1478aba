"""How a person comes in: slips, sessions, devices, the second factor, the log of sign-ins.

Secrets and hashes are told of to nobody; a session in another school of the same account is not this school's to
tell.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.code_requests.models import CodeRequest
from services.accounts.credentials.models import ActivationCode
from services.accounts.second_factors.models import SecondFactor
from services.accounts.sessions.models import KnownDevice, SignInSession
from services.accounts.sign_ins.models import SignInEvent
from services.common.db import scope_of, set_scope
from services.common.personal_data.sections import Section, section


def gather(session: Session, person_id: uuid.UUID, account_id: uuid.UUID | None) -> list[Section]:
    """All of it; without an account the slips and the requests for them alone."""
    # The membership of this school is the proof for what belongs to the account.
    set_scope(session, replace(scope_of(session), account_id=account_id))
    return [
        _slips(session, person_id),
        _asked(session, person_id),
        _sessions(session, account_id),
        _devices(session, account_id),
        _factors(session, account_id),
        _log(session, account_id),
    ]


def _slips(session: Session, person_id: uuid.UUID) -> Section:
    found = session.scalars(
        sa.select(ActivationCode).where(ActivationCode.person_id == person_id).order_by(ActivationCode.created_at)
    )
    columns = {
        "made_at": "Создан",
        "expires_at": "Действует до",
        "handed_at": "Выдан",
        "used_at": "Использован",
        "revoked_at": "Отменён",
    }
    rows = [(one.created_at, one.expires_at, one.handed_at, one.used_at, one.revoked_at) for one in found]
    return section("slips", "Листки с кодом доступа", columns, rows)


def _asked(session: Session, person_id: uuid.UUID) -> Section:
    found = session.scalars(
        sa.select(CodeRequest).where(CodeRequest.person_id == person_id).order_by(CodeRequest.asked_at)
    )
    columns = {"asked_at": "Когда", "settled_at": "Исполнено"}
    return section(
        "code_requests", "Просьбы о новом коде", columns, [(one.asked_at, one.settled_at) for one in found]
    )


def _sessions(session: Session, account_id: uuid.UUID | None) -> Section:
    found = session.scalars(
        sa.select(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.current_school == scope_of(session).school_id)
        .order_by(SignInSession.created_at)
    )
    columns = {
        "device": "Устройство",
        "created_at": "Начат",
        "last_seen_at": "Последнее обращение",
        "ends_at": "Действует до",
        "ended_at": "Окончен",
    }
    rows = [(one.device_name, one.created_at, one.last_seen_at, one.ends_at, one.ended_at) for one in found]
    return section("sessions", "Сеансы", columns, rows)


def _devices(session: Session, account_id: uuid.UUID | None) -> Section:
    found = session.scalars(
        sa.select(KnownDevice).where(KnownDevice.account_id == account_id).order_by(KnownDevice.last_used_at)
    )
    columns = {"name": "Устройство", "last_used_at": "Последний вход", "trusted_until": "Без второго фактора до"}
    rows = [(one.name, one.last_used_at, one.trusted_until) for one in found]
    return section("devices", "Знакомые устройства", columns, rows)


def _factors(session: Session, account_id: uuid.UUID | None) -> Section:
    found = session.scalars(
        sa.select(SecondFactor).where(SecondFactor.account_id == account_id).order_by(SecondFactor.begun_at)
    )
    columns = {"begun_at": "Начат", "confirmed_at": "Подтверждён", "ended_at": "Окончен"}
    rows = [(one.begun_at, one.confirmed_at, one.ended_at) for one in found]
    return section("second_factors", "Второй фактор входа", columns, rows)


def _log(session: Session, account_id: uuid.UUID | None) -> Section:
    found = session.scalars(
        sa.select(SignInEvent).where(SignInEvent.account_id == account_id).order_by(SignInEvent.id)
    )
    columns = {"at": "Когда", "what": "Что", "device": "Устройство", "network": "Сеть"}
    rows = [(one.at, one.kind, one.device, one.network) for one in found]
    return section("sign_ins", "Журнал входов", columns, rows)
