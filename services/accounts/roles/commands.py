"""Giving and ending roles of the institution."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.roles.models import Role
from services.accounts.roles.queries import lasting_administrators, roles_held
from services.accounts.roles.rules import Direction, RoleKind, ends_on, is_held
from services.common.db import new_id
from services.common.problems import ConflictError


@dataclass(frozen=True)
class NewRole:
    person_id: uuid.UUID
    kind: RoleKind
    from_on: dt.date
    to_on: dt.date | None = None
    classes: Sequence[uuid.UUID] | None = None
    directions: Sequence[Direction] | None = None
    order_number: str = ""
    order_date: dt.date | None = None
    id: uuid.UUID | None = None


def give_role(session: Session, school_id: uuid.UUID, new: NewRole) -> Role:
    """The role as stored. The same id and content again gives the same role.

    Raises ConflictError when the person holds this role in that time already.
    """
    present = session.scalar(sa.select(Role).where(Role.id == new.id)) if new.id else None
    role = Role(
        school_id=school_id,
        id=new.id or new_id(),
        person_id=new.person_id,
        kind=new.kind.value,
        classes=list(new.classes) if new.classes is not None else None,
        directions=[one.value for one in new.directions] if new.directions is not None else None,
        from_on=new.from_on,
        to_on=new.to_on,
        order_number=new.order_number,
        order_date=new.order_date,
    )
    if present is not None:
        if _content(present) != _content(role):
            raise ConflictError("This id stands for another role.")
        return present
    session.add(role)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise ConflictError("This person holds this role in that time already.", code="role-held") from error
    return role


def _content(role: Role) -> tuple[object, ...]:
    return (
        role.person_id, role.kind, role.classes, role.directions, role.from_on, role.to_on, role.order_number,
        role.order_date,
    )  # fmt: skip


def end_role(session: Session, role: Role, today: dt.date) -> None:
    """The locked role is held no more from today. Ended again it stays as it is.

    Raises ConflictError for the last administrator: nobody could let anybody in any more.
    """
    others = [other for other in lasting_administrators(session, today) if other.id != role.id]
    if role.kind == RoleKind.ADMINISTRATOR and is_held(role.from_on, role.to_on, today) and not others:
        raise ConflictError("The last administrator stays.", code="last-administrator")
    role.to_on = ends_on(role.from_on, role.to_on, today)
    session.flush()


def end_roles_of(session: Session, person_id: uuid.UUID, today: dt.date) -> None:
    """Ends whatever the person holds today: who is dismissed is no administrator either."""
    for role in roles_held(session, person_id, today):
        role.to_on = ends_on(role.from_on, role.to_on, today)
    session.flush()
