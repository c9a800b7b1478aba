"""What comes in at the door and what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.common.arguments import Boolean, Schema


class DeviceIn(Schema):
    name = fields.String(load_default="", validate=validate.Length(max=200))
    trusted = Boolean(load_default=False)
    key = fields.String(
        load_default="",
        validate=validate.Regexp(r"^([A-Za-z0-9_-]{22,86})?$", error="22 to 86 characters of base64url."),
        metadata={"description": "A secret the client made and keeps; a known device is never slowed down."},
    )
    kind = fields.String(load_default="browser", validate=validate.OneOf(["browser", "app"]))


def otp(**options: Any) -> fields.String:
    """Six digits of an authenticator, or a recovery code."""
    return fields.String(validate=validate.Length(min=1, max=40), **options)


class SignIn(Schema):
    login = fields.String(required=True, validate=validate.Length(min=1, max=100))
    password = fields.String(required=True, validate=validate.Length(min=1, max=1000))
    otp = otp(load_default=None)
    school = fields.UUID(load_default=None)
    device = fields.Nested(DeviceIn, load_default=None)


class SecondStep(Schema):
    proof = fields.String(required=True, validate=validate.Length(min=1, max=1000))
    otp = otp(required=True)
    school = fields.UUID(load_default=None)
    device = fields.Nested(DeviceIn, load_default=None)


class PersonOut(Schema):
    id = fields.UUID()
    name = fields.String()


class SchoolOut(Schema):
    id = fields.UUID()
    name = fields.String()
    zone = fields.String()


class SignedInOut(Schema):
    token = fields.String()
    expires_in = fields.Integer()
    person = fields.Nested(PersonOut)
    school = fields.Nested(SchoolOut)
    schools = fields.List(fields.Nested(SchoolOut))


class ChangeSchool(Schema):
    school = fields.UUID(required=True)


class Confirm(Schema):
    password = fields.String(required=True, validate=validate.Length(min=1, max=1000))


class SessionOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    device = fields.String()
    trusted = fields.Boolean()
    created_at = fields.AwareDateTime()
    last_seen_at = fields.AwareDateTime()
    until = fields.AwareDateTime()
    current = fields.Boolean()


class RememberedOut(Schema):
    """A device that is not asked for the second factor."""

    id = fields.UUID()
    name = fields.String()
    last_used_at = fields.AwareDateTime()
    trusted_until = fields.AwareDateTime()


class SessionsOut(Schema):
    items = fields.List(fields.Nested(SessionOut))
    devices = fields.List(fields.Nested(RememberedOut))
    next = fields.String(allow_none=True)
