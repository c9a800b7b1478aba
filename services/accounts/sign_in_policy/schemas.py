"""What a school asks of those who sign in."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.roles.rules import RoleKind
from services.common.arguments import Schema


class PolicySchema(Schema):
    second_factor_roles = fields.List(
        fields.Enum(RoleKind, by_value=True), required=True, validate=validate.Length(max=len(RoleKind))
    )
