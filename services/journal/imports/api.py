"""Routes of imports: a list comes in, is read, is looked at, is carried out."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import flask
import marshmallow as ma
from flask_smorest.fields import Upload  # type: ignore[import-untyped]
from marshmallow import validate
from sqlalchemy.orm import Session

from services.common.app import read, requires, this_service, transaction, upload, viewer
from services.common.arguments import Blueprint, Schema
from services.common.clock import now
from services.common.identity import ServiceSilentError
from services.common.problems import UnavailableError
from services.journal.imports import commands
from services.journal.imports.columns import is_sure
from services.journal.imports.messages import changes_in_words, problem_text
from services.journal.imports.models import ImportFile
from services.journal.imports.plan import PlannedRow
from services.journal.imports.queries import planned
from services.journal.imports.rules import Problem, full_name
from services.journal.policy import Permission
from services.journal.relations.access import access_import, require
from services.journal.schools.queries import school_today

blp = Blueprint("imports", __name__, url_prefix="/api/journal/v1", description="Lists that come in as files.")


class ImportForm(Schema):
    kind = ma.fields.String(required=True, validate=validate.OneOf(["students"]))
    file = Upload(required=True)


class Mapping(Schema):
    mapping = ma.fields.List(
        ma.fields.String(allow_none=True, validate=validate.Length(1, 40)),
        required=True,
        validate=validate.Length(1, 100),
    )


class Digest(Schema):
    digest = ma.fields.String(required=True, validate=[validate.Length(equal=64), validate.Regexp(r"^[0-9a-f]{64}$")])


class Column(Schema):
    index = ma.fields.Integer()
    header = ma.fields.String()
    field = ma.fields.String(allow_none=True)
    guessed = ma.fields.Boolean()
    sample = ma.fields.String()


class ProblemOut(Schema):
    row = ma.fields.Integer(allow_none=True)
    column = ma.fields.String(allow_none=True)
    code = ma.fields.String()
    level = ma.fields.String()
    message = ma.fields.String()


class PreviewRow(Schema):
    row = ma.fields.Integer()
    action = ma.fields.String()
    person = ma.fields.String()
    changes = ma.fields.List(ma.fields.String())


class Preview(Schema):
    rows = ma.fields.List(ma.fields.Nested(PreviewRow))
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class Import(Schema):
    id = ma.fields.UUID()
    kind = ma.fields.String()
    file_name = ma.fields.String()
    encoding = ma.fields.String()
    columns = ma.fields.List(ma.fields.Nested(Column))
    mapping = ma.fields.List(ma.fields.String(allow_none=True))
    problems = ma.fields.List(ma.fields.Nested(ProblemOut))
    preview = ma.fields.Nested(Preview)
    digest = ma.fields.String()
    committed_at = ma.fields.String(allow_none=True)


class Committed(Schema):
    id = ma.fields.UUID()
    digest = ma.fields.String()
    committed_at = ma.fields.String()
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


@blp.route("/imports", methods=["POST"])
@blp.arguments(ImportForm, location="upload")
@blp.response(201, Import)
@upload
@requires(Permission.IMPORT)
def take_in(form: dict[str, Any]) -> dict[str, Any]:
    """Reads a file and says what it would do. Nothing of it is in the register before the commit."""
    require(viewer(), Permission.IMPORT)
    sent = form["file"]
    with transaction() as session:
        file = commands.take_in(
            session, form["kind"], sent.stream.read(), sent.filename or "", viewer().person_id, now()
        )
        return answer(session, file)


@blp.route("/imports/<uuid:import_id>", methods=["GET"])
@blp.response(200, Import)
@requires(Permission.IMPORT)
def get_import(import_id: uuid.UUID) -> dict[str, Any]:
    """The file by the register as it is now; the digest stays that of the plan that was carried out."""
    with read() as session:
        return answer(session, access_import(session, viewer(), import_id))


@blp.route("/imports/<uuid:import_id>/mapping", methods=["PUT"])
@blp.arguments(Mapping)
@blp.response(200, Import)
@requires(Permission.IMPORT)
def set_mapping(given: dict[str, Any], import_id: uuid.UUID) -> dict[str, Any]:
    """Says what the columns hold; the plan, its problems and its digest are new."""
    with transaction() as session:
        file = access_import(session, viewer(), import_id, lock=True)
        return answer(session, commands.set_mapping(session, file, given["mapping"]))


@blp.route("/imports/<uuid:import_id>/commit", methods=["POST"])
@blp.arguments(Digest)
@blp.response(200, Committed)
@requires(Permission.IMPORT)
def commit(given: dict[str, Any], import_id: uuid.UUID) -> dict[str, Any]:
    """Carries out the plan that the digest names; again: the first answer."""
    ask_for_withdrawals(import_id, given["digest"])
    with transaction(reason="import", origin="import") as session:
        commands.lock_imports(session, "students")
        file = access_import(session, viewer(), import_id, lock=True)
        return commands.commit(session, file, given["digest"], school_today(session), now())


def ask_for_withdrawals(import_id: uuid.UUID, digest: str) -> None:
    """Refusals over a list's own consents stand in accounts before anything else of the list is done.

    Raises UnavailableError when accounts is silent.
    """
    with read() as session:
        file = access_import(session, viewer(), import_id)
        today = school_today(session)
        plan = planned(session, file, today).plan if file.committed_at is None else None
    if plan is None or plan.blocked or plan.digest != digest:
        return
    declared = commands.withdrawals(plan, import_id, today)
    if declared:
        try:
            this_service().client.post(
                "accounts",
                "/internal/accounts/v1/consents/declare",
                {"school_id": viewer().school_id, "declarations": declared},
            )
        except ServiceSilentError as error:
            raise UnavailableError("Consents cannot be withdrawn just now.", retry_after=5) from error


def answer(session: Session, file: ImportFile) -> dict[str, Any]:
    """A file with its columns, problems and preview in the language of the request."""
    language = flask.request.accept_languages.best_match(["ru", "en"], default="ru")
    shown = planned(session, file, school_today(session)).plan
    headers = dict(zip(file.fields, file.cells[0], strict=True))
    return {
        "id": file.id,
        "kind": file.kind,
        "file_name": file.file_name,
        "encoding": file.encoding,
        "columns": [
            {
                "index": index,
                "header": header,
                "field": field,
                "guessed": file.guessed and field is not None and not is_sure(header, field),
                "sample": next((row[index] for row in file.cells[1:] if row[index]), ""),
            }
            for index, (header, field) in enumerate(zip(file.cells[0], file.fields, strict=True))
        ],
        "mapping": file.fields,
        "problems": [problem_answer(problem, headers, language) for problem in shown.problems],
        "preview": {"rows": [row_answer(row, language) for row in shown.rows], "counts": shown.counts()},
        "digest": file.digest or shown.digest,
        "committed_at": _moment(file.committed_at),
    }


def problem_answer(problem: Problem, headers: dict[str | None, str], language: str) -> dict[str, Any]:
    header = problem.value if problem.code == "column-unknown" else headers.get(problem.field, "")
    return {
        "row": problem.row,
        "column": (header or None) if problem.field or problem.code == "column-unknown" else None,
        "code": problem.code,
        "level": "warning" if problem.warning else "error",
        "message": problem_text(problem, language, header),
    }


def row_answer(row: PlannedRow, language: str) -> dict[str, Any]:
    return {
        "row": row.row,
        "action": row.action,
        "person": full_name(row.listed),
        "changes": changes_in_words(row, language),
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
