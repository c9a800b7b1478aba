"""Scales and work types of a new school."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from services.common.db import new_id, scope_of
from services.journal.scales.defaults import SCALES, WORK_TYPES
from services.journal.scales.models import Scale, ScaleValue, WorkType


def make_defaults(session: Session) -> None:
    """The rows that a school begins with."""
    school_id = scope_of(session).school_id
    assert school_id is not None
    for code, (title, symbols) in SCALES.items():
        scale = Scale(school_id=school_id, id=new_id(), code=code, title=title)
        session.add(scale)
        session.flush()
        session.add_all(
            ScaleValue(
                school_id=school_id,
                scale_id=scale.id,
                symbol=symbol,
                number=None if number is None else Decimal(number),
                ordinal=ordinal,
            )
            for ordinal, (symbol, number) in enumerate(symbols)
        )
    session.add_all(
        WorkType(
            school_id=school_id,
            id=new_id(),
            code=code,
            title=title,
            short_title=short_title,
            weight=weight,
            ordinal=ordinal,
        )
        for ordinal, (code, title, short_title, weight) in enumerate(WORK_TYPES)
    )
