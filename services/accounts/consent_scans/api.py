"""Scans: attached by the office, fetched by whoever may see the decision, never shown inside a page."""

from __future__ import annotations

import uuid
from typing import Any

import flask

from services.accounts.consent_scans.commands import annul_scan, attach_scan
from services.accounts.consent_scans.queries import content_of, live_scan
from services.accounts.consent_scans.rules import EXTENSIONS, LARGEST
from services.accounts.consent_scans.schemas import AnnulIn, ScanIn, ScanOut
from services.accounts.consents.access import access_consent_to_read, access_paper
from services.accounts.edge import relations_of_viewer
from services.accounts.policy import Permission
from services.accounts.register.queries import today_of
from services.accounts.relations import Relations, needs_leads
from services.accounts.sessions.door import require_confirmed
from services.common.app import read, requires, transaction, upload, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.downloads import BINARY, PDF, download

blp = Blueprint("consent_scans", __name__, url_prefix="/api/accounts/v1")


@blp.route("/consents/<uuid:consent_id>/scan", methods=["POST"])
@blp.arguments(ScanIn, location="upload")
@blp.response(201, ScanOut)
@requires(Permission.CONSENTS_EDIT)
@upload
def attach(form: dict[str, Any], consent_id: uuid.UUID) -> object:
    """The paper of a decision; once."""
    relations = _relations()
    content = form["file"].stream.read(LARGEST + 1)
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        consent = access_paper(session, viewer(), relations, consent_id, today)
        return attach_scan(session, consent, content, viewer().person_id, now())


@blp.route("/consents/<uuid:consent_id>/scan", methods=["GET"])
@blp.response(200, BINARY, content_type="image/png")
@blp.response(200, BINARY, content_type="image/jpeg")
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.CONSENTS_READ)
def fetch(consent_id: uuid.UUID) -> flask.Response:
    """The paper, as a file to keep: what somebody uploaded is never run in our pages' name."""
    relations = _relations()
    with read() as session:
        today = today_of(session, viewer().school_id, now())
        consent = access_consent_to_read(session, viewer(), relations, consent_id, today)
        scan = live_scan(session, consent.id)
        content = content_of(session, scan)
    response = download(content, scan.media_type, f"consent.{EXTENSIONS[scan.media_type]}")
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


@blp.route("/consents/<uuid:consent_id>/scan/annul", methods=["POST"])
@blp.arguments(AnnulIn)
@blp.response(200, ScanOut)
@requires(Permission.CONSENTS_EDIT)
def annul(given: dict[str, Any], consent_id: uuid.UUID) -> object:
    require_confirmed()
    relations = _relations()
    with transaction() as session:
        today = today_of(session, viewer().school_id, now())
        consent = access_paper(session, viewer(), relations, consent_id, today)
        scan = live_scan(session, consent.id, lock=True)
        return annul_scan(session, scan, given["reason"], viewer().person_id, now())


def _relations() -> Relations:
    """Journal is asked for nobody who leads no class."""
    return relations_of_viewer() if needs_leads(viewer()) else Relations()
