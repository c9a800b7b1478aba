"""Scales and work types as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.problems import wrong
from services.journal.scales.models import Scale, ScaleValue, WorkType


def scales(session: Session) -> Sequence[Scale]:
    """All scales of the school."""
    return session.scalars(sa.select(Scale).order_by(Scale.code)).all()


def known_scale(session: Session, scale_id: uuid.UUID) -> Scale:
    """The scale an input names. Raises UnprocessableError."""
    scale = session.scalars(sa.select(Scale).where(Scale.id == scale_id)).one_or_none()
    if scale is None:
        raise wrong("/scale_id", "There is no such scale.", "unknown")
    return scale


def scale_by_code(session: Session, code: str) -> Scale:
    """One of the scales that every school has."""
    return session.scalars(sa.select(Scale).where(Scale.code == code)).one()


SYMBOLS = (
    sa.select(ScaleValue.symbol, ScaleValue.number)
    .where(ScaleValue.scale_id == sa.bindparam("scale"))
    .order_by(ScaleValue.ordinal)
)
"""Symbols of a scale in order, with the numbers that enter averages."""


def numbers_by_symbol(session: Session, scale_id: uuid.UUID) -> dict[str, Decimal | None]:
    """The same as a dictionary."""
    return dict(session.execute(SYMBOLS, {"scale": scale_id}).all())


def symbols_by_scale(session: Session) -> dict[uuid.UUID, list[str]]:
    """Symbols of every scale, in order."""
    found: dict[uuid.UUID, list[str]] = {}
    for scale_id, symbol in session.execute(
        sa.select(ScaleValue.scale_id, ScaleValue.symbol).order_by(ScaleValue.ordinal)
    ):
        found.setdefault(scale_id, []).append(symbol)
    return found


def work_types(session: Session) -> Sequence[WorkType]:
    """Kinds of work in the school's order."""
    return session.scalars(sa.select(WorkType).order_by(WorkType.ordinal)).all()
