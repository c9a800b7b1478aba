"""The register over HTTP, and the questions of other services."""

from __future__ import annotations

import datetime as dt

from marshmallow import fields, validate

from services.accounts.consents.rules import Purpose, State
from services.common.arguments import Integer, Schema, Text
from services.common.paging import DEFAULT_LIMIT, MOST

EARLIEST = dt.date(2000, 1, 1)
MOST_PAIRS = 1000

_PURPOSE = validate.OneOf([str(purpose) for purpose in Purpose])
_DECISION = validate.OneOf(["given", "refused"])


class RegisterQuery(Schema):
    class_ = fields.UUID(data_key="class", load_default=None)
    state = fields.Enum(State, by_value=True, load_default=None)
    cursor = fields.UUID(load_default=None)
    limit = Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MOST),
        metadata={"description": "Of pupils: a page holds all lines of each."},
    )


class DecisionIn(Schema):
    id = fields.UUID(load_default=None)
    student_id = fields.UUID(required=True)
    guardian_id = fields.UUID(required=True)
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    decision = fields.String(required=True, validate=_DECISION)
    signed_on = fields.Date(load_default=None, validate=validate.Range(min=EARLIEST))
    until = fields.Date(load_default=None, allow_none=True)
    document = Text(500, empty=True, load_default="")
    form_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "The version that was read, or that the paper is; without it the one in force."},
    )


class DeclaredOut(Schema):
    decision = fields.String()
    signed_on = fields.Date()


class ConsentOut(Schema):
    id = fields.UUID(allow_none=True)
    student_id = fields.UUID()
    student = fields.String()
    guardian_id = fields.UUID()
    guardian = fields.String()
    relation = fields.String()
    restricted = fields.Boolean()
    purpose = fields.String()
    state = fields.String()
    decision = fields.String(allow_none=True)
    signed_on = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)
    document = fields.String(allow_none=True)
    form_id = fields.UUID(allow_none=True)
    scan = fields.Boolean()
    source = fields.String(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    declared = fields.Nested(DeclaredOut, allow_none=True)


class RegisterOut(Schema):
    items = fields.List(fields.Nested(ConsentOut))
    next = fields.UUID(allow_none=True)


class DisputeIn(Schema):
    person_id = fields.UUID(data_key="student_id", required=True)
    document = Text(500, empty=True, load_default="")


class DisputeOut(Schema):
    id = fields.UUID()
    person_id = fields.UUID(data_key="student_id")
    document = fields.String()
    opened_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class AccessIn(Schema):
    school_id = fields.UUID(required=True)
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    pairs = fields.List(
        fields.Tuple((fields.UUID(), fields.UUID())), required=True, validate=validate.Length(max=MOST_PAIRS)
    )


class AnswerOut(Schema):
    student_id = fields.UUID()
    person_id = fields.UUID()
    outcome = fields.String()
    reason = fields.String()


class AccessOut(Schema):
    answers = fields.List(fields.Nested(AnswerOut))


class DeclarationIn(Schema):
    student_id = fields.UUID(required=True)
    guardian_id = fields.UUID(required=True)
    decision = fields.String(required=True, validate=_DECISION)
    signed_on = fields.Date(required=True)
    import_id = fields.UUID(required=True)
    purpose = fields.String(load_default=None, allow_none=True, validate=_PURPOSE)


class DeclareIn(Schema):
    school_id = fields.UUID(required=True)
    declarations = fields.List(fields.Nested(DeclarationIn), required=True, validate=validate.Length(max=MOST_PAIRS))


class DeclareOut(Schema):
    counted = fields.Integer()
    withdrawn = fields.Integer()
    shown = fields.Integer()
    repeated = fields.Integer()
