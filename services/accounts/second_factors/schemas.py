"""Second factors over HTTP."""

from __future__ import annotations

from marshmallow import fields

from services.accounts.sessions.schemas import otp
from services.common.arguments import Boolean, Schema


class FactorOut(Schema):
    set = Boolean(metadata={"description": "There is one that counts."})
    since = fields.AwareDateTime(allow_none=True)
    recovery_codes_left = fields.Integer()
    withheld_roles = fields.List(fields.String())


class BegunOut(Schema):
    """Shown once."""

    secret = fields.String()
    uri = fields.String()
    qr = fields.String(metadata={"description": "The URI as a square, in SVG."})


class CodeIn(Schema):
    otp = otp(required=True)


class RecoveryCodesOut(Schema):
    """Shown once."""

    recovery_codes = fields.List(fields.String())
