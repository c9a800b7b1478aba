"""The school's documents for whoever comes by its site: no sign-in, no names of people."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from typing import Any

import flask
from sqlalchemy.orm import Session

from services.accounts.documents import queries
from services.accounts.documents.api import pdf_answer
from services.accounts.documents.schemas import PublicDocumentsOut, WholePublicDocumentOut
from services.accounts.register.queries import school_by_id
from services.common.app import current_request_id, requires, this_service
from services.common.arguments import Blueprint
from services.common.db import Scope
from services.common.downloads import BINARY, PDF
from services.common.policy import PUBLIC

blp = Blueprint("public_documents", __name__, url_prefix="/api/accounts/v1", description="For the school's site.")


@blp.route("/schools/<uuid:school_id>/documents", methods=["GET"])
@blp.response(200, PublicDocumentsOut)
@requires(PUBLIC)
def published(school_id: uuid.UUID) -> dict[str, Any]:
    """What is published, for whom and since when."""
    with _of_school(school_id) as session:
        school = school_by_id(session, school_id)
        items = [_shown(one) for one in queries.standings(session)]
        return {"school": school.name, "items": items, "next": None}


@blp.route("/schools/<uuid:school_id>/documents/<uuid:document_id>", methods=["GET"])
@blp.response(200, WholePublicDocumentOut)
@requires(PUBLIC)
def one(school_id: uuid.UUID, document_id: uuid.UUID) -> dict[str, Any]:
    """The published version, with its text unless it is a PDF."""
    with _of_school(school_id) as session:
        found = queries.standing_of(session, document_id)
        text = found.version.text if found.version else None
        return _shown(found) | {"school": school_by_id(session, school_id).name, "text": text}


@blp.route("/schools/<uuid:school_id>/documents/<uuid:document_id>/file", methods=["GET"])
@blp.response(200, BINARY, content_type=PDF)
@requires(PUBLIC)
def file(school_id: uuid.UUID, document_id: uuid.UUID) -> flask.Response:
    """The published version, where it is a PDF."""
    with _of_school(school_id) as session:
        return pdf_answer(queries.pdf_of(session, queries.standing_of(session, document_id).version))


def _of_school(school_id: uuid.UUID) -> AbstractContextManager[Session]:
    """A transaction in the school of the address; of one that is none it shows nothing."""
    return this_service().database.read(Scope(school_id=school_id, request_id=current_request_id()))


def _shown(one: queries.Standing) -> dict[str, Any]:
    assert one.version is not None, "only what is published is read here"
    names = ("id", "kind", "audience", "title")
    return {name: getattr(one.document, name) for name in names} | {
        "number": one.version.number,
        "published_at": one.version.published_at,
        "is_pdf": one.version.is_pdf,
    }
