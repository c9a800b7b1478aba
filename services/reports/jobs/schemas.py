"""What routes about reports take and answer."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from services.common.arguments import Boolean, Integer, Schema
from services.common.paging import DEFAULT_LIMIT, MOST
from services.reports.forms.catalogue import FORMS, MEDIA_TYPES


def _each_once(formats: list[str]) -> None:
    if len(formats) != len(set(formats)):
        raise ma.ValidationError("A format is named twice.")


class ParametersIn(Schema):
    class_ = ma.fields.UUID(required=True, data_key="class")
    period = ma.fields.UUID(required=True)
    absences = Boolean(load_default=True)
    teachers = Boolean(load_default=True)


class ReportIn(Schema):
    id = ma.fields.UUID(load_default=None)
    form = ma.fields.String(required=True, validate=validate.OneOf(FORMS))
    parameters = ma.fields.Nested(ParametersIn, required=True)
    formats = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(MEDIA_TYPES)),
        load_default=list,
        validate=[validate.Length(min=1), _each_once],
        metadata={"uniqueItems": True},
    )


class ProgressOut(Schema):
    step = ma.fields.String()
    done = ma.fields.Integer()
    of = ma.fields.Integer()


class FileOut(Schema):
    format = ma.fields.String()
    size = ma.fields.Integer()
    sha256 = ma.fields.String()


class ReportOut(Schema):
    id = ma.fields.UUID()
    form = ma.fields.String()
    title = ma.fields.String()
    parameters = ma.fields.Dict()
    formats = ma.fields.List(ma.fields.String())
    state = ma.fields.String()
    progress = ma.fields.Nested(ProgressOut)
    as_of = ma.fields.AwareDateTime(allow_none=True)
    snapshot = ma.fields.String(allow_none=True)
    failure = ma.fields.String(allow_none=True)
    files = ma.fields.List(ma.fields.Nested(FileOut))
    pages = ma.fields.Integer()
    requested_at = ma.fields.AwareDateTime()
    finished_at = ma.fields.AwareDateTime(allow_none=True)
    cancellable = ma.fields.Boolean()


class ReportsQuestion(Schema):
    cursor = ma.fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class ReportsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ReportOut))
    next = ma.fields.UUID(allow_none=True)


class FormOut(Schema):
    id = ma.fields.String()
    title = ma.fields.String()
    parameters = ma.fields.List(ma.fields.String())
    formats = ma.fields.List(ma.fields.String())


class FormsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(FormOut))
    next = ma.fields.UUID(allow_none=True)
