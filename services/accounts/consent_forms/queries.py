"""Which forms there are and which is in force."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.accounts.consent_forms.models import ConsentForm, SchoolAsOperator
from services.accounts.consent_forms.rules import Operator
from services.accounts.consents.rules import Purpose
from services.common.problems import NotFoundError


def operator_of(session: Session) -> Operator | None:
    """Who asks for consent in this school, as far as it was said."""
    found = session.scalar(sa.select(SchoolAsOperator))
    return found.operator if found else None


def all_forms(session: Session) -> Sequence[ConsentForm]:
    """By purpose, the latest version first."""
    return session.scalars(sa.select(ConsentForm).order_by(ConsentForm.purpose, ConsentForm.version.desc())).all()


def forms_in_force(session: Session, day: dt.date) -> dict[Purpose, ConsentForm]:
    """By purpose the form that is signed on this day: the latest of those valid by then."""
    rows = session.scalars(
        sa.select(ConsentForm)
        .where(ConsentForm.valid_from <= day)
        .ext(postgresql.distinct_on(ConsentForm.purpose))
        .order_by(ConsentForm.purpose, ConsentForm.version.desc())
    )
    return {Purpose(row.purpose): row for row in rows}


def forms_by_id(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ConsentForm]:
    return {row.id: row for row in session.scalars(sa.select(ConsentForm).where(ConsentForm.id.in_(ids)))}


def form_by_id(session: Session, form_id: uuid.UUID) -> ConsentForm:
    """Raises NotFoundError."""
    found = session.scalar(sa.select(ConsentForm).where(ConsentForm.id == form_id))
    if found is None:
        raise NotFoundError
    return found


def latest(session: Session, purpose: Purpose) -> ConsentForm | None:
    """The version after which no other was made, a draft included."""
    return session.scalar(
        sa.select(ConsentForm)
        .where(ConsentForm.purpose == purpose)
        .order_by(ConsentForm.version.desc())
        .limit(1)
        .with_for_update()
    )
