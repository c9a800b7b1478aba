"""Scans over HTTP."""

from __future__ import annotations

from flask_smorest.fields import Upload  # type: ignore[import-untyped]
from marshmallow import fields

from services.common.arguments import Schema, Text


class ScanIn(Schema):
    file = Upload(required=True, metadata={"description": "PDF, JPEG or PNG, 10 MB at most."})


class ScanOut(Schema):
    id = fields.UUID()
    consent_id = fields.UUID()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    attached_at = fields.AwareDateTime()
    annulled_at = fields.AwareDateTime(allow_none=True)


class AnnulIn(Schema):
    reason = Text(500, required=True)
