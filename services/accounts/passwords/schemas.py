"""A password changed by whoever knows it, and one that was forgotten."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.identities.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.common.arguments import Schema


class ChangePassword(Schema):
    password = fields.String(required=True, validate=validate.Length(min=1, max=1000))
    new_password = fields.String(required=True, validate=validate.Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD))


class ForgottenPassword(Schema):
    login = fields.String(required=True, validate=validate.Length(min=1, max=100))


class Heard(Schema):
    """Nothing is said of it."""
