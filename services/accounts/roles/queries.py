"""Who holds which role."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.roles.models import Role
from services.accounts.roles.rules import RoleKind
from services.common.problems import NotFoundError


def roles_held(session: Session, person_id: uuid.UUID, on: dt.date) -> list[Role]:
    """Roles of the person on that day."""
    return list(
        session.scalars(
            sa.select(Role)
            .where(
                Role.person_id == person_id,
                Role.from_on <= on,
                sa.func.coalesce(Role.to_on > on, True),
            )
            .order_by(Role.id)
        )
    )


def all_roles(session: Session, after: uuid.UUID | None, limit: int) -> list[Role]:
    """Every role ever given, in order of id."""
    query = sa.select(Role).order_by(Role.id).limit(limit)
    return list(session.scalars(query if after is None else query.where(Role.id > after)))


def role_by_id(session: Session, role_id: uuid.UUID) -> Role:
    """The role, locked. Raises NotFoundError."""
    role = session.scalar(sa.select(Role).where(Role.id == role_id).with_for_update())
    if role is None:
        raise NotFoundError
    return role


def people_with_roles(session: Session, people: Collection[uuid.UUID], on: dt.date) -> set[uuid.UUID]:
    """Those of these people who hold any role on that day or will."""
    return set(
        session.scalars(
            sa.select(Role.person_id).where(Role.person_id.in_(people), sa.func.coalesce(Role.to_on > on, True))
        )
    )


def roles_of_day(session: Session, on: dt.date) -> list[Role]:
    """Every role held on that day, in the order in which they were given."""
    return list(
        session.scalars(
            sa.select(Role)
            .where(Role.from_on <= on, sa.func.coalesce(Role.to_on > on, True))
            .order_by(Role.from_on, Role.id)
        )
    )


def has_director(session: Session, on: dt.date) -> bool:
    """Whether somebody holds or will hold the office of director."""
    lasting = sa.exists().where(Role.kind == RoleKind.DIRECTOR, sa.func.coalesce(Role.to_on > on, True))
    return session.scalar(sa.select(lasting)) is True


def is_last_administrator(session: Session, person_id: uuid.UUID, on: dt.date) -> bool:
    """Whether nobody else lets people in once this person is gone."""
    lasting = {role.person_id for role in lasting_administrators(session, on)}
    return lasting == {person_id}


def lasting_administrators(session: Session, on: dt.date) -> list[Role]:
    """Administrators of that day without an end in sight, locked."""
    return list(
        session.scalars(
            sa.select(Role)
            .where(Role.kind == "administrator", Role.from_on <= on, Role.to_on.is_(None))
            .with_for_update()
        )
    )
