"""Routes about reports: the catalogue, asking, following, fetching, stopping."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

import flask

from services.common.app import read, requires, this_service, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.downloads import BINARY
from services.common.paging import Page
from services.common.permissions import PermissionsOut, permissions_answer
from services.common.policy import extents
from services.common.problems import NotFoundError, wrong
from services.reports.forms.catalogue import FORMS, MEDIA_TYPES, Form
from services.reports.jobs import commands, queries
from services.reports.jobs.access import access_class_period, access_job, leads_a_class, require
from services.reports.jobs.commands import Wanted
from services.reports.jobs.models import ReportJob
from services.reports.jobs.schemas import FormsOut, ReportIn, ReportOut, ReportsOut, ReportsQuestion
from services.reports.jobs.working import report_store
from services.reports.policy import POLICY, Permission, leads

blp = Blueprint("reports", __name__, url_prefix="/api/reports/v1", description="What a school files.")


@blp.route("/permissions", methods=["GET"])
@blp.response(200, PermissionsOut)
@requires(Permission.SELF_READ)
def permissions() -> flask.Response:
    """What this person may do here: it only draws navigation."""
    leads_one = leads_a_class(this_service().client, viewer())
    return permissions_answer(extents(POLICY, viewer(), lambda holds: leads_one if holds is leads else True))


@blp.route("/forms", methods=["GET"])
@blp.response(200, FormsOut)
@requires(Permission.FORMS_READ)
def forms() -> dict[str, Any]:
    """The catalogue."""
    require(viewer(), Permission.FORMS_READ)
    items = [
        {"id": name, "title": form.title, "parameters": form.parameters, "formats": list(form.formats)}
        for name, form in FORMS.items()
    ]
    return {"items": items, "next": None}


@blp.route("/reports", methods=["GET"])
@blp.arguments(ReportsQuestion, location="query")
@blp.response(200, ReportsOut)
@requires(Permission.REPORT_LIST)
def reports(question: dict[str, Any]) -> Page[Any]:
    """What this person asked for, the latest first."""
    require(viewer(), Permission.REPORT_LIST)
    with read() as session:
        return queries.jobs_of(session, viewer().person_id, question["cursor"], question["limit"])


@blp.route("/reports", methods=["POST"])
@blp.arguments(ReportIn)
@blp.response(202, ReportOut)
@blp.alt_response(200, schema=ReportOut, description="Asked for before.")
@requires(Permission.CLASS_REPORT)
def request_report(body: dict[str, Any]) -> Any:
    """A job that makes the form; follow it by its address."""
    form, parameters = FORMS[body["form"]], body["parameters"]
    access = access_class_period(this_service().client, viewer(), parameters["class_"], parameters["period"])
    wanted = Wanted(
        form=body["form"],
        rule_version=form.version,
        snapshot_kind=form.snapshot,
        parameters={
            "class": str(parameters["class_"]),
            "period": str(parameters["period"]),
            "absences": parameters["absences"],
            "teachers": parameters["teachers"],
        },
        formats=_formats(form, body["formats"]),
        class_id=parameters["class_"],
        title=f"{form.title}: {access.name}, {access.period}",
        author=access.author,
    )
    with transaction() as session:
        job, made = commands.request_report(session, wanted, viewer().person_id, now(), body["id"])
        answer = queries.job_answer(session, job)
    headers = {"Location": f"/api/reports/v1/reports/{job.id}"}
    return answer, 202 if made else 200, headers


def _formats(form: Form, asked: list[str]) -> list[str]:
    """Those asked for; without any, all of the form. Raises UnprocessableError for one that it does not have."""
    for index, name in enumerate(asked):
        if name not in form.formats:
            raise wrong(f"/formats/{index}", "This form is not made in this format.", "unknown")
    return asked or list(form.formats)


@blp.route("/reports/<uuid:job_id>", methods=["GET"])
@blp.response(200, ReportOut)
@requires(Permission.CLASS_REPORT)
def report(job_id: uuid.UUID) -> dict[str, Any]:
    """How far it is."""
    job = _visible(job_id)
    with read() as session:
        return queries.job_answer(session, job)


@blp.route("/reports/<uuid:job_id>/cancel", methods=["POST"])
@blp.response(200, ReportOut)
@requires(Permission.CLASS_REPORT)
def cancel(job_id: uuid.UUID) -> dict[str, Any]:
    """Nothing more is done for it; one that has ended stays as it is."""
    _visible(job_id)
    with transaction() as session:
        return queries.job_answer(session, commands.cancel(session, job_id, now()))


@blp.route("/reports/<uuid:job_id>/files/<string:format>", methods=["GET"])
@blp.response(200, BINARY, content_type=MEDIA_TYPES["xlsx"])
@blp.response(200, BINARY, content_type=MEDIA_TYPES["pdf"])
@requires(Permission.CLASS_REPORT)
def file(job_id: uuid.UUID, format: str) -> flask.Response:
    """The finished file."""
    job = _visible(job_id)
    with read() as session:
        found = queries.file_of(session, job, format)
    response = _kept(found.sha256 if found else None, MEDIA_TYPES.get(format, ""))
    name = quote(f"{job.title}.{format}".replace(":", ","))
    response.headers["Content-Disposition"] = f"attachment; filename=\"report.{format}\"; filename*=UTF-8''{name}"
    return response


@blp.route("/reports/<uuid:job_id>/pages/<int:number>", methods=["GET"])
@blp.response(200, BINARY, content_type="image/png")
@requires(Permission.CLASS_REPORT)
def page(job_id: uuid.UUID, number: int) -> flask.Response:
    """A page of the finished sheet as a picture (PNG)."""
    return _kept(queries.page_of_sheet(_visible(job_id), number), "image/png")


def _visible(job_id: uuid.UUID) -> ReportJob:
    return access_job(this_service().database, this_service().client, viewer(), job_id)


def _kept(sha256: str | None, media_type: str) -> flask.Response:
    """A file of the store; there may be none, and a store that was emptied by hand has it no more."""
    if sha256 is None:
        raise NotFoundError
    try:
        content = report_store(this_service()).get(viewer().school_id, sha256)
    except FileNotFoundError:
        raise NotFoundError("The file is no longer kept; make the report anew.", code="file-lost") from None
    response = flask.Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response
