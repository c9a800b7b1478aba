"""Documents over HTTP."""

from __future__ import annotations

from flask_smorest.fields import Upload  # type: ignore[import-untyped]
from marshmallow import fields, validate

from services.accounts.documents.rules import LONGEST_TEXT, Audience, Kind
from services.common.arguments import Boolean, Integer, Lines, Schema, Text

_NUMBER = validate.Range(1, 100_000)


class DocumentsQuery(Schema):
    state = fields.String(load_default="published", validate=validate.OneOf(["published", "all"]))


class DocumentIn(Schema):
    kind = fields.Enum(Kind, by_value=True, required=True)
    audience = fields.Enum(Audience, by_value=True, required=True)
    title = Text(200, required=True)
    asks = Boolean(load_default=False)
    text = Lines(LONGEST_TEXT, load_default=None, allow_none=True)


class TextIn(Schema):
    text = Lines(LONGEST_TEXT, required=True)


class PdfIn(Schema):
    file = Upload(required=True)


class NumberIn(Schema):
    number = Integer(required=True, validate=_NUMBER)


class ReasonIn(Schema):
    reason = Text(300, required=True)


class ReadersQuery(Schema):
    class_ = fields.UUID(data_key="class", load_default=None)


class DocumentOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    audience = fields.String()
    title = fields.String()
    asks = fields.Boolean()
    number = fields.Integer(allow_none=True, metadata={"description": "Of the version that is published."})
    published_at = fields.AwareDateTime(allow_none=True)
    is_pdf = fields.Boolean()
    accepted_at = fields.AwareDateTime(allow_none=True)
    waits = fields.Boolean(metadata={"description": "For the acceptance of the one who asks."})
    annulled_at = fields.AwareDateTime(allow_none=True)


class DocumentsOut(Schema):
    items = fields.List(fields.Nested(DocumentOut))
    next = fields.UUID(allow_none=True)


class WholeDocumentOut(DocumentOut):
    text = fields.String(allow_none=True, metadata={"description": "Markdown."})


class VersionOut(Schema):
    number = fields.Integer()
    created_at = fields.AwareDateTime()
    published_at = fields.AwareDateTime(allow_none=True)
    is_pdf = fields.Boolean()
    text = fields.String(allow_none=True)


class VersionsOut(Schema):
    items = fields.List(fields.Nested(VersionOut))
    next = fields.UUID(allow_none=True)


class PublicDocumentOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    audience = fields.String()
    title = fields.String()
    number = fields.Integer()
    published_at = fields.AwareDateTime()
    is_pdf = fields.Boolean()


class WholePublicDocumentOut(PublicDocumentOut):
    school = fields.String()
    text = fields.String(allow_none=True)


class PublicDocumentsOut(Schema):
    school = fields.String()
    items = fields.List(fields.Nested(PublicDocumentOut))
    next = fields.UUID(allow_none=True)


class MissingOut(Schema):
    person_id = fields.UUID()
    name = fields.String()
    kinds = fields.List(fields.String())
    students = fields.List(fields.String(), metadata={"description": "Whose guardian that is."})


class ReadersCountOut(Schema):
    class_id = fields.UUID(allow_none=True, metadata={"description": "None: the staff."})
    class_name = fields.String()
    asked = fields.Integer()
    accepted = fields.Integer()


class ReadersOut(Schema):
    counts = fields.List(fields.Nested(ReadersCountOut))
    missing = fields.List(fields.Nested(MissingOut))
