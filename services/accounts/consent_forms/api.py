"""Forms of consent: read by everybody of the school, written and published by its administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.consent_forms import schemas
from services.accounts.consent_forms.commands import publish_form, say_operator, write_draft
from services.accounts.consent_forms.models import ConsentForm
from services.accounts.consent_forms.queries import all_forms, form_by_id, forms_in_force, operator_of
from services.accounts.consent_forms.rules import Operator, what_does_not_fit
from services.accounts.consents.rules import Purpose
from services.accounts.policy import POLICY, Permission
from services.accounts.register.queries import today_of
from services.accounts.sessions.door import require_confirmed
from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError, UnprocessableError, wrong

blp = Blueprint("consent_forms", __name__, url_prefix="/api/accounts/v1")


@blp.route("/operator", methods=["PUT"])
@blp.arguments(schemas.OperatorIn)
@blp.response(200, schemas.OperatorOut)
@requires(Permission.CONSENT_FORMS_EDIT)
def operator(given: Operator) -> Operator:
    """Who asks for consent, as the school's papers name it."""
    _require_editor()
    with transaction() as session:
        return say_operator(session, viewer().school_id, given)


@blp.route("/consent-forms", methods=["GET"])
@blp.arguments(schemas.FormsQuery, location="query")
@blp.response(200, schemas.FormsOut)
@requires(Permission.CONSENT_FORMS_READ)
def forms(asked: dict[str, Any]) -> dict[str, Any]:
    """What is signed today; with `which=all` every version and draft, for whoever writes them."""
    if asked["which"] == "all":
        _require_editor()
    with read() as session:
        today = today_of(session, viewer().school_id, now())
        in_force = forms_in_force(session, today)
        found = all_forms(session) if asked["which"] == "all" else list(in_force.values())
        order = {purpose: place for place, purpose in enumerate(Purpose)}
        shown = sorted(found, key=lambda form: (order[Purpose(form.purpose)], -form.version))
        ids = {form.id for form in in_force.values()}
        items = [_shown(form, in_force=form.id in ids) for form in shown]
        return {"items": items, "next": None, "operator": operator_of(session)}


@blp.route("/consent-forms", methods=["POST"])
@blp.arguments(schemas.FormIn)
@blp.response(201, schemas.FormOut)
@requires(Permission.CONSENT_FORMS_EDIT)
def write(given: dict[str, Any]) -> dict[str, Any]:
    _require_editor()
    content = given["content"]
    unfit = what_does_not_fit(content) if content is not None else []
    if unfit:
        said = {"message": "Does not go together with the rest.", "code": "contradiction"}
        raise UnprocessableError(errors=[{"pointer": f"/content/{name}", **said} for name in unfit])
    with transaction() as session:
        return _shown(write_draft(session, viewer().school_id, given["purpose"], content), in_force=False)


@blp.route("/consent-forms/<uuid:form_id>", methods=["GET"])
@blp.response(200, schemas.FormOut)
@requires(Permission.CONSENT_FORMS_READ)
def one(form_id: uuid.UUID) -> dict[str, Any]:
    with read() as session:
        form = access_form(session, form_id)
        return _shown(form, in_force=_is_in_force(session, form))


@blp.route("/consent-forms/<uuid:form_id>/publish", methods=["POST"])
@blp.arguments(schemas.PublishIn)
@blp.response(200, schemas.FormOut)
@requires(Permission.CONSENT_FORMS_EDIT)
def publish(given: dict[str, Any], form_id: uuid.UUID) -> dict[str, Any]:
    """For good: what is signed on it must stay what was signed. The next change is a version of its own."""
    _require_editor()
    require_confirmed()
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        form = access_form(session, form_id)
        valid_from: dt.date = given["valid_from"] or today
        if form.published_at is None and valid_from < today:
            raise wrong("/valid_from", "It cannot have been valid before it was published.")
        publish_form(session, form, valid_from, viewer().person_id, now())
        return _shown(form, in_force=_is_in_force(session, form))


def access_form(session: Session, form_id: uuid.UUID) -> ConsentForm:
    """Published ones for everybody of the school, drafts for who writes them. Raises NotFoundError."""
    form = form_by_id(session, form_id)
    if form.published_at is None and not _is_editor():
        raise NotFoundError
    return form


def _is_editor() -> bool:
    return allows(POLICY, Permission.CONSENT_FORMS_EDIT, viewer(), None)


def _require_editor() -> None:
    if not _is_editor():
        raise ForbiddenError


def _is_in_force(session: Session, form: ConsentForm) -> bool:
    today = today_of(session, viewer().school_id, now())
    present = forms_in_force(session, today).get(Purpose(form.purpose))
    return present is not None and present.id == form.id


def _shown(form: ConsentForm, *, in_force: bool) -> dict[str, Any]:
    return {
        "id": form.id,
        "purpose": form.purpose,
        "version": form.version,
        "in_force": in_force,
        "valid_from": form.valid_from,
        "published_at": form.published_at,
        "operator": form.operator,
        "content": form.content,
    }
