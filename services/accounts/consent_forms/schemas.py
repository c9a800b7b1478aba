"""Forms over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.accounts.consent_forms.rules import Content, Method, Operator, Term
from services.accounts.consents.rules import Purpose
from services.accounts.consents.schemas import EARLIEST
from services.common.arguments import Schema, Text

MOST_DATA = 40


class OperatorIn(Schema):
    name = Text(300, required=True)
    address = Text(500, required=True)
    site = Text(200, empty=True, load_default="")

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> Operator:
        return Operator(**given)


class OperatorOut(Schema):
    name = fields.String()
    address = fields.String()
    site = fields.String()


class ContentIn(Schema):
    title = Text(200, required=True)
    about = Text(500, required=True)
    aim = Text(1000, required=True)
    data = fields.List(Text(200), required=True, validate=validate.Length(min=1, max=MOST_DATA))
    third_party_name = Text(300, empty=True, load_default="")
    third_party_address = Text(500, empty=True, load_default="")
    actions = Text(1000, required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    term = fields.Enum(Term, by_value=True, required=True)
    term_until = fields.Date(load_default=None, allow_none=True, validate=validate.Range(min=EARLIEST))
    withdrawal = Text(1000, required=True)
    refusal = Text(500, required=True)

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> Content:
        return Content(**given | {"data": tuple(given["data"])})


class FormIn(Schema):
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    content = fields.Nested(
        ContentIn,
        load_default=None,
        allow_none=True,
        metadata={"description": "Without it the draft begins as the latest version, or as the product's sample."},
    )


class PublishIn(Schema):
    valid_from = fields.Date(load_default=None, allow_none=True)


class ContentOut(Schema):
    title = fields.String()
    about = fields.String()
    aim = fields.String()
    data = fields.List(fields.String())
    third_party_name = fields.String()
    third_party_address = fields.String()
    actions = fields.String()
    method = fields.String()
    term = fields.String()
    term_until = fields.Date(allow_none=True)
    withdrawal = fields.String()
    refusal = fields.String()


class FormOut(Schema):
    id = fields.UUID()
    purpose = fields.String()
    version = fields.Integer()
    in_force = fields.Boolean()
    valid_from = fields.Date(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    operator = fields.Nested(OperatorOut, allow_none=True)
    content = fields.Nested(ContentOut)


class FormsQuery(Schema):
    which = fields.String(load_default="in_force", validate=validate.OneOf(["in_force", "all"]))


class FormsOut(Schema):
    items = fields.List(fields.Nested(FormOut))
    next = fields.UUID(allow_none=True)
    operator = fields.Nested(OperatorOut, allow_none=True)
