"""Steps of a form: written as a draft, published for good, followed by the next version."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.accounts.consent_forms.models import ConsentForm, SchoolAsOperator
from services.accounts.consent_forms.queries import latest, operator_of
from services.accounts.consent_forms.rules import Content, Operator, lacking
from services.accounts.consent_forms.samples import SAMPLES
from services.accounts.consents.rules import Purpose
from services.common.db import new_id, scope_of
from services.common.problems import ConflictError


def say_operator(session: Session, school_id: uuid.UUID, operator: Operator) -> Operator:
    """From now on forms are published in this name; published ones stay as they are."""
    values = asdict(operator)
    row = insert(SchoolAsOperator).values(school_id=school_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["school_id"], set_=values))
    return operator


def write_draft(session: Session, school_id: uuid.UUID, purpose: Purpose, content: Content | None) -> ConsentForm:
    """The draft of this purpose's next version, in the place of one there was. Without `content` it begins as the
    latest version, or as the sample."""
    _take_turn(session, purpose)
    last = latest(session, purpose)
    draft = last if last is not None and last.published_at is None else None
    if content is None:
        if draft is not None:
            return draft
        content = last.content if last is not None else SAMPLES[purpose]
    if draft is None:
        draft = ConsentForm(
            school_id=school_id,
            id=new_id(),
            purpose=purpose.value,
            version=last.version + 1 if last is not None else 1,
            operator_name=None,
            operator_address=None,
            operator_site=None,
            valid_from=None,
            published_at=None,
            published_by=None,
        )
        session.add(draft)
    for name, value in asdict(content).items():
        setattr(draft, name, list(value) if name == "data" else value)
    session.flush()
    return draft


def publish_form(
    session: Session, form: ConsentForm, valid_from: dt.date, by: uuid.UUID, now: dt.datetime
) -> ConsentForm:
    """The form, published for good with the operator as he stands now; once more it stays as it is.

    Raises ConflictError while it is not said who asks for consent.
    """
    _take_turn(session, Purpose(form.purpose))
    session.refresh(form)
    if form.published_at is not None:
        return form
    operator = operator_of(session)
    missing = lacking(Purpose(form.purpose), operator)
    if missing or operator is None:
        raise ConflictError(
            "Say first who asks for consent.",
            code="operator-incomplete",
            errors=[{"pointer": f"/{name}", "message": "Missing.", "code": "required"} for name in missing],
        )
    form.operator_name, form.operator_address, form.operator_site = operator.name, operator.address, operator.site
    form.valid_from, form.published_at, form.published_by = valid_from, now, by
    session.flush()
    return form


def publish_samples(
    session: Session, school_id: uuid.UUID, operator: Operator, today: dt.date, by: uuid.UUID, now: dt.datetime
) -> None:
    """The forms of a school that begins: every sample that this operator can publish."""
    say_operator(session, school_id, operator)
    for purpose in Purpose:
        if not lacking(purpose, operator):
            publish_form(session, write_draft(session, school_id, purpose, None), today, by, now)


def _take_turn(session: Session, purpose: Purpose) -> None:
    """One writer at a time for the versions of a school's form."""
    key = f"consent-form:{scope_of(session).school_id}:{purpose}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
