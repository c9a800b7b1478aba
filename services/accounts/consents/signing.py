"""Which version of the form a decision was signed on, and how long it holds for that."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from services.accounts.consent_forms.models import ConsentForm
from services.accounts.consent_forms.queries import forms_by_id, forms_in_force
from services.accounts.consent_forms.rules import Term, until_of
from services.accounts.consents.rules import Purpose
from services.common.problems import ConflictError, wrong


def form_signed_here(
    session: Session, purpose: Purpose, wanted: uuid.UUID | None, today: dt.date, *, given: bool
) -> ConsentForm | None:
    """The form in force, on which one signs in the system. A refusal needs none.

    Raises ConflictError when there is none to consent to, or when another than the one in force was read.
    """
    form = forms_in_force(session, today).get(purpose)
    if form is None and given:
        raise ConflictError("The school has not published what would be signed.", code="no-form")
    if wanted is not None and (form is None or form.id != wanted):
        raise ConflictError("This form is no longer in force: read the present one.", code="form-changed")
    return form


def form_of_paper(
    session: Session, purpose: Purpose, wanted: uuid.UUID | None, signed_on: dt.date
) -> ConsentForm | None:
    """The form that the paper is: the named one, else what was in force on the day it was signed; none for a paper of
    the school's own. Raises UnprocessableError for a form that was never published for this purpose."""
    if wanted is None:
        return forms_in_force(session, signed_on).get(purpose)
    form = forms_by_id(session, [wanted]).get(wanted)
    if form is None or form.published_at is None or form.purpose != purpose:
        raise wrong("/form_id", "No published form for this purpose.")
    return form


def last_day(form: ConsentForm | None, said: dt.date | None, signed_on: dt.date) -> dt.date | None:
    """The last day of a consent: the form's, or an earlier one that the signer said. Raises UnprocessableError."""
    if said is not None and said < signed_on:
        raise wrong("/until", "It ends before it was signed.")
    own = until_of(Term(form.term), form.term_until, signed_on) if form is not None else None
    if own is not None and said is not None and said > own:
        raise wrong("/until", "It ends later than what was signed.")
    return said or own
