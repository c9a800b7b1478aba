"""What was gathered, handed out: as JSON for programs, as a PDF to read or to print."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

import flask
import orjson

from services.accounts.policy import Permission
from services.accounts.privacy_requests import copies, schemas
from services.accounts.privacy_requests.access import access_copy
from services.accounts.privacy_requests.api import relations_to_families
from services.accounts.privacy_requests.queries import gathered
from services.accounts.register.queries import people_by_id, school_by_id
from services.common.app import json_bytes, read, requires, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.downloads import BINARY, PDF, download

blp = Blueprint("privacy_copies", __name__, url_prefix="/api/accounts/v1")


@blp.route("/privacy-requests/<uuid:request_id>/copy", methods=["GET"])
@blp.response(200, schemas.CopyOut)
@requires(Permission.PRIVACY_COPY)
def as_json(request_id: uuid.UUID) -> flask.Response:
    relations = relations_to_families()
    with read() as session:
        school = school_by_id(session, viewer().school_id)
        request = access_copy(session, viewer(), relations, request_id, today_in(school.zone, now()))
        parts = gathered(session, request)
        subject = people_by_id(session, [request.subject_id])[request.subject_id].name
    answer = json_bytes(
        orjson.dumps(
            {
                "school": school.name,
                "number": request.number,
                "subject_id": request.subject_id,
                "subject": subject,
                "services": copies.as_json(parts),
            }
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = 'attachment; filename="personal-data.json"'
    return answer


@blp.route("/privacy-requests/<uuid:request_id>/copy.pdf", methods=["GET"])
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.PRIVACY_COPY)
def as_pdf(request_id: uuid.UUID) -> flask.Response:
    relations = relations_to_families()
    with read() as session:
        school = school_by_id(session, viewer().school_id)
        request = access_copy(session, viewer(), relations, request_id, today_in(school.zone, now()))
        parts = gathered(session, request)
        people = people_by_id(session, [request.subject_id, request.requester_id])
    made = copies.as_pdf(
        parts,
        school=school.name,
        number=request.number,
        subject=people[request.subject_id].name,
        requester=people[request.requester_id].name,
        zone=ZoneInfo(school.zone),
        as_of=now(),
    )
    return download(made, PDF, "personal-data.pdf")
