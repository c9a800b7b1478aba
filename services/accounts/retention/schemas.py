"""Terms, acts and orders over HTTP."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.accounts.retention.rules import CATEGORIES, MOST_YEARS, Reason
from services.accounts.schemas import SCHOOL_DAY
from services.common.arguments import Boolean, Integer, Schema, Text
from services.common.paging import DEFAULT_LIMIT, MOST
from services.common.problems import Contradiction


def _each_once(names: list[str]) -> None:
    if len(names) != len(set(names)):
        raise ma.ValidationError("A category is named twice.")


class TermIn(Schema):
    years = Integer(required=True, validate=validate.Range(0, MOST_YEARS))
    order_number = Text(100, required=True)
    order_date = fields.Date(required=True, validate=SCHOOL_DAY)


class KeptOut(Schema):
    category = fields.String()
    service = fields.String()
    title = fields.String()
    basis = fields.String()
    counted_from = fields.String()
    floor = fields.Integer(metadata={"description": "Least term, in years."})
    years = fields.Integer(metadata={"description": "Term in force."})
    destroyable = Boolean(metadata={"description": "Goes by an act when its term is over."})
    erasable = Boolean(metadata={"description": "Goes when its subject demands so."})
    refusal = fields.String(metadata={"description": "Why it is not erased; empty where it is."})
    order_number = fields.String(allow_none=True)
    order_date = fields.Date(allow_none=True)


class RetentionOut(Schema):
    items = fields.List(fields.Nested(KeptOut))
    next = fields.UUID(allow_none=True)


class ActsQuery(Schema):
    cursor = fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class ActIn(Schema):
    categories = fields.List(
        fields.String(validate=validate.OneOf(CATEGORIES)),
        required=True,
        validate=[validate.Length(min=1), _each_once],
        metadata={"uniqueItems": True},
    )
    person_id = fields.UUID(load_default=None, allow_none=True)
    reason = fields.Enum(Reason, by_value=True, load_default=Reason.TERM)
    processor = Text(300, empty=True, load_default="")

    @ma.validates_schema
    def _of_whom(self, given: dict[str, object], **_: object) -> None:
        if (given["reason"] is Reason.TERM) != (given["person_id"] is None):
            raise ma.ValidationError(
                {"person_id": [Contradiction("A demand is somebody's; a term that is over is nobody's.")]}
            )


class PartOut(Schema):
    category = fields.String()
    title = fields.String()
    before = fields.Date(allow_none=True, metadata={"description": "What is older goes; none: all of one person."})
    destroyed = fields.Integer(allow_none=True, metadata={"description": "Rows and files; none: not yet known."})
    done_at = fields.AwareDateTime(allow_none=True)


class ActOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    state = fields.String(metadata={"description": "draft, cancelled, approved or done"})
    reason = fields.String()
    person_id = fields.UUID(allow_none=True)
    subject = fields.String()
    processor = fields.String()
    made_at = fields.AwareDateTime()
    maker = fields.String()
    approved_at = fields.AwareDateTime(allow_none=True)
    approver = fields.String()
    cancelled_at = fields.AwareDateTime(allow_none=True)
    done_at = fields.AwareDateTime(allow_none=True)
    parts = fields.List(fields.Nested(PartOut))


class ActsOut(Schema):
    items = fields.List(fields.Nested(ActOut))
    next = fields.UUID(allow_none=True)


class OrderQuery(Schema):
    school = fields.UUID(required=True)


class OrderOut(Schema):
    category = fields.String()
    person_id = fields.UUID(allow_none=True)
    before = fields.Date(allow_none=True)


class DoneIn(Schema):
    school_id = fields.UUID(required=True)
    destroyed = Integer(required=True, validate=validate.Range(0, 2**31 - 1))


class DoneOut(Schema):
    recorded = fields.Boolean()
