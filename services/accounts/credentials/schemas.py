"""Codes for a list of people, and what somebody with a code types."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.credentials.rules import MOST_PEOPLE
from services.accounts.identities.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.accounts.sessions.schemas import DeviceIn, otp
from services.common.arguments import Schema


class IssueIn(Schema):
    person_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_PEOPLE))


class CodeOut(Schema):
    person_id = fields.UUID()
    name = fields.String()
    login = fields.String()
    code = fields.String()
    expires_at = fields.AwareDateTime()


class CodesOut(Schema):
    items = fields.List(fields.Nested(CodeOut))


class ActivateIn(Schema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=100))
    password = fields.String(required=True, validate=validate.Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD))
    child_birth_date = fields.Date(load_default=None)
    login = fields.String(load_default=None, validate=validate.Length(min=1, max=100))
    otp = otp(load_default=None)
    device = fields.Nested(DeviceIn, load_default=None)
