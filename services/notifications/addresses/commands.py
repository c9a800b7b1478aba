"""Holding an address at once, and lifting that again."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.db import new_id, scope_of, set_scope
from services.common.problems import NotFoundError
from services.notifications.addresses.models import HeldAddress
from services.notifications.messages.models import Delivery
from services.notifications.messages.rules import State


def hold_address(session: Session, token: str, now: dt.datetime) -> None:
    """Nothing more goes to the address of the letter with this token. Raises NotFoundError.

    Said twice it is said once; whoever shows the token proves only that he has the letter.
    """
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    set_scope(session, replace(scope_of(session), token_hash=token_hash))
    row = session.execute(
        sa.select(Delivery.school_id, Delivery.id, Delivery.address).where(Delivery.token_hash == token_hash)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    set_scope(session, replace(scope_of(session), school_id=row.school_id, actor="link:not-me", token_hash=""))
    session.execute(
        insert(HeldAddress)
        .values(school_id=row.school_id, id=new_id(), address=row.address, delivery_id=row.id, held_at=now)
        .on_conflict_do_nothing()
    )
    session.execute(
        sa.update(Delivery)
        .where(Delivery.address == row.address, Delivery.state.in_((State.PENDING, State.HELD)))
        .values(state=State.NOT_CONSENTED, reason="address held", finished_at=now)
        .execution_options(synchronize_session=False)
    )


def lift_hold(session: Session, held_id: uuid.UUID, now: dt.datetime) -> None:
    """The address is mailed again from now on. Raises NotFoundError."""
    held = session.get(HeldAddress, (scope_of(session).school_id, held_id))
    if held is None:
        raise NotFoundError
    held.lifted_at = held.lifted_at or now
