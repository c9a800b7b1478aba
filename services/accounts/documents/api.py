"""Documents for who is signed in, and for the administrator who keeps them."""

from __future__ import annotations

import uuid
from typing import Any

import flask

from services.accounts.documents import commands, queries
from services.accounts.documents.access import require_audience, require_editor, require_readers, sees_readers
from services.accounts.documents.readers import counts, missing
from services.accounts.documents.rules import LARGEST_PDF, is_pdf
from services.accounts.documents.schemas import (
    DocumentIn,
    DocumentOut,
    DocumentsOut,
    DocumentsQuery,
    NumberIn,
    PdfIn,
    ReadersOut,
    ReadersQuery,
    ReasonIn,
    TextIn,
    VersionOut,
    VersionsOut,
    WholeDocumentOut,
)
from services.accounts.edge import relations_of_viewer
from services.accounts.policy import Permission
from services.accounts.register.queries import places, today_of
from services.accounts.relations import Relations, needs_leads
from services.common.app import read, requires, transaction, upload, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.downloads import BINARY, PDF
from services.common.problems import ConflictError, NotFoundError, wrong

blp = Blueprint("documents", __name__, url_prefix="/api/accounts/v1", description="Rules and guides of the school.")


@blp.route("/documents", methods=["GET"])
@blp.arguments(DocumentsQuery, location="query")
@blp.response(200, DocumentsOut)
@requires(Permission.DOCUMENTS_READ)
def documents(asked: dict[str, Any]) -> dict[str, Any]:
    """What is published; of any state, drafts and annulled ones, too, for who keeps them."""
    everything = asked["state"] == "all"
    if everything:
        require_editor(viewer())
    with read() as session:
        found = queries.standings(session, viewer().person_id, unpublished=everything)
    return {"items": [_shown(one) for one in found], "next": None}


@blp.route("/documents", methods=["POST"])
@blp.arguments(DocumentIn)
@blp.response(201, DocumentOut)
@requires(Permission.DOCUMENTS_EDIT)
def add(new: dict[str, Any]) -> dict[str, Any]:
    """A document, with its first version if there is a text; nobody sees it before that is published."""
    require_editor(viewer())
    text = new.pop("text")
    with transaction() as session:
        wanted = commands.NewDocument(**new)
        document = commands.make_document(session, viewer().school_id, wanted, viewer().person_id, now())
        if text:
            commands.add_version(session, document, viewer().person_id, now(), text=text)
        return _shown(queries.Standing(document, None))


@blp.route("/documents/<uuid:document_id>", methods=["GET"])
@blp.response(200, WholeDocumentOut)
@requires(Permission.DOCUMENTS_READ)
def one(document_id: uuid.UUID) -> dict[str, Any]:
    """The published version, with its text unless it is a PDF."""
    with read() as session:
        found = queries.standing_of(session, document_id, viewer().person_id)
        return _shown(found) | {"text": found.version.text if found.version else None}


@blp.route("/documents/<uuid:document_id>/file", methods=["GET"])
@blp.response(200, BINARY, content_type=PDF)
@requires(Permission.DOCUMENTS_READ)
def file(document_id: uuid.UUID) -> flask.Response:
    """The published version, where it is a PDF."""
    with read() as session:
        return pdf_answer(queries.pdf_of(session, queries.standing_of(session, document_id).version))


@blp.route("/documents/<uuid:document_id>/versions", methods=["GET"])
@blp.response(200, VersionsOut)
@requires(Permission.DOCUMENTS_EDIT)
def versions(document_id: uuid.UUID) -> dict[str, Any]:
    """All versions, drafts too, the latest first."""
    require_editor(viewer())
    with read() as session:
        queries.standing_of(session, document_id, unpublished=True)
        return {"items": [_version(row) for row in queries.versions_of(session, document_id)], "next": None}


@blp.route("/documents/<uuid:document_id>/versions", methods=["POST"])
@blp.arguments(TextIn)
@blp.response(201, VersionOut)
@requires(Permission.DOCUMENTS_EDIT)
def add_text(given: dict[str, Any], document_id: uuid.UUID) -> dict[str, Any]:
    """The next version, as a text."""
    require_editor(viewer())
    with transaction() as session:
        document = commands.locked_document(session, document_id)
        return _version(commands.add_version(session, document, viewer().person_id, now(), text=given["text"]))


@blp.route("/documents/<uuid:document_id>/versions/pdf", methods=["POST"])
@blp.arguments(PdfIn, location="upload")
@blp.response(201, VersionOut)
@upload
@requires(Permission.DOCUMENTS_EDIT)
def add_pdf(form: dict[str, Any], document_id: uuid.UUID) -> dict[str, Any]:
    """The next version, as a PDF of at most 10 MB."""
    require_editor(viewer())
    with form["file"].stream as sent:
        content = sent.read(LARGEST_PDF + 1)
    if len(content) > LARGEST_PDF:
        raise wrong("/file", "Is larger than 10 MB.", "too-large")
    if not is_pdf(content):
        raise wrong("/file", "Is no PDF.", "not-a-pdf")
    with transaction() as session:
        document = commands.locked_document(session, document_id)
        return _version(commands.add_version(session, document, viewer().person_id, now(), pdf=content))


@blp.route("/documents/<uuid:document_id>/publish", methods=["POST"])
@blp.arguments(NumberIn)
@blp.response(200, DocumentOut)
@requires(Permission.DOCUMENTS_EDIT)
def publish(given: dict[str, Any], document_id: uuid.UUID) -> dict[str, Any]:
    """From now on everybody sees this version; where acceptance is asked for, it is asked for anew."""
    require_editor(viewer())
    with transaction() as session:
        document = commands.locked_document(session, document_id)
        version = commands.publish(session, document, given["number"], viewer().person_id, now())
        return _shown(queries.Standing(document, version))


@blp.route("/documents/<uuid:document_id>/annul", methods=["POST"])
@blp.arguments(ReasonIn)
@blp.response(200, DocumentOut)
@requires(Permission.DOCUMENTS_EDIT)
def annul(given: dict[str, Any], document_id: uuid.UUID) -> dict[str, Any]:
    """Nobody sees it any more; the reason goes into the change log."""
    require_editor(viewer())
    with transaction(reason=given["reason"]) as session:
        document = commands.locked_document(session, document_id)
        commands.annul(session, document, viewer().person_id, now())
        return _shown(queries.standing_of(session, document_id, unpublished=True))


@blp.route("/documents/<uuid:document_id>/accept", methods=["POST"])
@blp.arguments(NumberIn)
@blp.response(200, DocumentOut)
@requires(Permission.DOCUMENTS_ACCEPT)
def accept(given: dict[str, Any], document_id: uuid.UUID) -> dict[str, Any]:
    """I have read this version and accept it. 409 where another one is published meanwhile."""
    with transaction() as session:
        found = queries.standing_of(session, document_id)
        require_audience(viewer(), found)
        if found.version is None or found.version.number != given["number"]:
            raise ConflictError("Another version is published.", code="superseded")
        commands.accept(session, found.version, viewer().person_id, now())
        session.expire_all()
        return _shown(queries.standing_of(session, document_id, viewer().person_id))


@blp.route("/documents/<uuid:document_id>/readers", methods=["GET"])
@blp.arguments(ReadersQuery, location="query")
@blp.response(200, ReadersOut)
@requires(Permission.DOCUMENTS_READERS)
def readers(asked: dict[str, Any], document_id: uuid.UUID) -> dict[str, Any]:
    """How many of each class and of the staff have accepted the published version; of a class, or else of the staff,
    who has not."""
    relations = relations_of_viewer() if needs_leads(viewer()) else Relations()
    require_readers(viewer(), relations, relations.leads | viewer().scope, asked["class_"])
    with read() as session:
        found = queries.standing_of(session, document_id)
        if found.version is None or not found.document.asks:
            raise NotFoundError("Nobody is asked to accept this document.")
        today = today_of(session, viewer().school_id, now())
        meant = queries.audience_of(session, found.document.audience, today)
        where = places(session, today)
        done = queries.readers(session, found.version.id)
        sees = {one for one in counts(meant, where, done) if sees_readers(viewer(), relations, one.class_id)}
        shown = missing(session, meant, where, done, asked["class_"])
        allowed = sees_readers(viewer(), relations, asked["class_"])
    return {"counts": sorted(sees, key=lambda one: one.order), "missing": shown if allowed else []}


def pdf_answer(content: bytes) -> flask.Response:
    """A file to be looked at."""
    response = flask.Response(content, mimetype=PDF)
    response.headers["Content-Disposition"] = 'inline; filename="document.pdf"'
    return response


def _shown(one: queries.Standing) -> dict[str, Any]:
    document, version = one.document, one.version
    names = ("id", "kind", "audience", "title", "asks", "annulled_at")
    return {name: getattr(document, name) for name in names} | {
        "number": version.number if version else None,
        "published_at": version.published_at if version else None,
        "is_pdf": version is not None and version.is_pdf,
        "accepted_at": one.accepted_at,
        "waits": one.waits_for(viewer().kinds),
    }


def _version(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("number", "created_at", "published_at", "text", "is_pdf")}
