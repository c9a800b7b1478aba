"""Devices and addresses that an account signed in from before."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.second_factors.rules import TRUSTED
from services.accounts.sessions.models import KnownAddress, KnownDevice, SignInSession
from services.accounts.sessions.rules import ADDRESS_KNOWN
from services.common.db import new_id
from services.common.problems import NotFoundError


def remember_device(
    session: Session, account_id: uuid.UUID, key_hash: str, name: str, now: dt.datetime, *, trusted: bool
) -> None:
    """From now on this device is known to the account; `trusted`: not asked for the second factor for 30 days."""
    kept = {"name": name, "failures": 0, "last_used_at": now}
    kept |= {"trusted_until": now + TRUSTED} if trusted else {}
    row = {"account_id": account_id, "key_hash": key_hash, "id": new_id(), "trusted_until": None} | kept
    session.execute(
        insert(KnownDevice).values(row).on_conflict_do_update(index_elements=["account_id", "key_hash"], set_=kept)
    )


def doubt_device(session: Session, account_id: uuid.UUID, key_hash: str) -> None:
    """A wrong password or code from a device: after ten of them it is a stranger, until it comes in again."""
    session.execute(
        sa.update(KnownDevice)
        .where(KnownDevice.account_id == account_id, KnownDevice.key_hash == key_hash)
        .values(failures=KnownDevice.failures + 1)
    )


def trusted_devices(session: Session, account_id: uuid.UUID, now: dt.datetime) -> list[KnownDevice]:
    """Those that are not asked for the second factor."""
    return list(
        session.scalars(
            sa.select(KnownDevice)
            .where(KnownDevice.account_id == account_id, KnownDevice.trusted_until > now)
            .order_by(KnownDevice.last_used_at.desc())
        )
    )


def forget_device(session: Session, account_id: uuid.UUID, device_id: uuid.UUID, now: dt.datetime) -> KnownDevice:
    """The device, a stranger from now on; whoever is signed in there is out. Raises NotFoundError."""
    device = session.scalar(
        sa.select(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.id == device_id)
    )
    if device is None:
        raise NotFoundError
    session.execute(
        sa.update(SignInSession)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.device_key_hash == device.key_hash,
            SignInSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    session.delete(device)
    session.flush()
    return device


def distrust_device(session: Session, account_id: uuid.UUID, key_hash: str) -> None:
    """Its owner ended what was open there: the next time the second factor is asked for."""
    session.execute(
        sa.update(KnownDevice)
        .where(KnownDevice.account_id == account_id, KnownDevice.key_hash == key_hash)
        .values(trusted_until=None)
    )


def forget_devices(session: Session, account_id: uuid.UUID) -> None:
    """Every device and address is a stranger to the account: its password or its second factor is another one."""
    for model in (KnownDevice, KnownAddress):
        session.execute(sa.delete(model).where(model.account_id == account_id))


def remember_address(session: Session, account_id: uuid.UUID, address_hash: str, now: dt.datetime) -> None:
    """The account has signed in at this address; those that it left long ago are forgotten."""
    session.execute(
        sa.delete(KnownAddress).where(
            KnownAddress.account_id == account_id, KnownAddress.last_used_at < now - ADDRESS_KNOWN
        )
    )
    row = {"account_id": account_id, "address_hash": address_hash, "last_used_at": now}
    session.execute(
        insert(KnownAddress)
        .values(row)
        .on_conflict_do_update(index_elements=["account_id", "address_hash"], set_={"last_used_at": now})
    )
