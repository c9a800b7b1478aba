"""Sheets to sign, as a document that is made at once and kept nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import flask

from services.accounts.consent_sheets.pdf import Sheet, render
from services.accounts.consent_sheets.queries import sheets_of_missing, sheets_of_pair
from services.accounts.consent_sheets.schemas import MissingIn, PairIn
from services.accounts.consents.access import access_register, access_signing
from services.accounts.edge import relations_of_viewer
from services.accounts.policy import Permission
from services.accounts.register.queries import school_by_id
from services.accounts.relations import Relations, needs_leads
from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.downloads import BINARY, PDF, download
from services.common.problems import ConflictError

blp = Blueprint("consent_sheets", __name__, url_prefix="/api/accounts/v1")


@blp.route("/consent-forms/print", methods=["POST"])
@blp.arguments(PairIn)
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.CONSENTS_READ)
def of_pair(given: dict[str, Any]) -> flask.Response:
    """For one signer and pupil: by the signer himself, or by the office."""
    student_id, guardian_id = given["student_id"], given["guardian_id"]
    asked = needs_leads(viewer()) or guardian_id == viewer().person_id != student_id
    relations = relations_of_viewer() if asked else Relations()
    with read() as session:
        zone = school_by_id(session, viewer().school_id).zone
        today = today_in(zone, now())
        access_signing(session, viewer(), relations, student_id, guardian_id, today)
        sheets = sheets_of_pair(session, student_id, guardian_id, given["purposes"], today, zone)
    return _document(sheets, zone)


@blp.route("/consent-forms/print-missing", methods=["POST"])
@blp.arguments(MissingIn)
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.CONSENTS_REGISTER)
def of_missing(given: dict[str, Any]) -> flask.Response:
    """For a class, exactly those that the register counts as missing."""
    class_id: uuid.UUID = given["class_id"]
    relations = relations_of_viewer() if needs_leads(viewer()) else Relations()
    with read() as session:
        zone = school_by_id(session, viewer().school_id).zone
        access_register(session, viewer(), relations, class_id)
        sheets = sheets_of_missing(session, class_id, given["purposes"], today_in(zone, now()), zone)
    if not sheets:
        raise ConflictError("Nobody's decision is missing.", code="nothing-missing")
    return _document(sheets, zone)


def _document(sheets: Sequence[Sheet], zone: str) -> flask.Response:
    return download(render(sheets, now().astimezone(ZoneInfo(zone))), PDF, "consents.pdf")
