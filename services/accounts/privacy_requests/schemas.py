"""Requests about personal data over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.privacy_requests.rules import Ground, Kind, Outcome
from services.accounts.retention.rules import CATEGORIES
from services.accounts.schemas import SCHOOL_DAY
from services.common.arguments import Integer, Lines, Schema, Text
from services.common.paging import DEFAULT_LIMIT, MOST

_ANSWERS = [str(Outcome.GRANTED), str(Outcome.REFUSED)]
LONGEST = 4000
ERASABLE = [one.name for one in CATEGORIES.values() if one.erasable]
"""What goes when its subject demands so."""


class RequestsQuery(Schema):
    of = fields.String(
        load_default="own",
        validate=validate.OneOf(["own", "school"]),
        metadata={"description": "What the viewer asked, or everything the school was asked."},
    )
    state = fields.String(load_default=None, validate=validate.OneOf(["open", "closed"]))
    cursor = fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST))


class RequestIn(Schema):
    id = fields.UUID(load_default=None)
    kind = fields.Enum(Kind, by_value=True, required=True)
    subject_id = fields.UUID(required=True, metadata={"description": "Whose data: the viewer's, or a pupil's."})
    requester_id = fields.UUID(
        load_default=None, metadata={"description": "Who asked on paper; without it the viewer asks."}
    )
    text = Text(LONGEST, empty=True, load_default="")
    document = Text(200, empty=True, load_default="")
    """Number and day of the paper."""
    received_on = fields.Date(load_default=None, validate=SCHOOL_DAY)


class PrivacyPartOut(Schema):
    service = fields.String()
    received_at = fields.AwareDateTime(allow_none=True)
    kept = fields.Boolean()


class PrivacyRequestOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    kind = fields.String()
    subject_id = fields.UUID()
    subject = fields.String()
    requester_id = fields.UUID()
    requester = fields.String()
    source = fields.String()
    text = fields.String()
    document = fields.String()
    received_on = fields.Date()
    due_on = fields.Date(metadata={"description": "The last day for an answer."})
    working_days_left = fields.Integer(allow_none=True)
    urgency = fields.String(allow_none=True, metadata={"description": "calm, soon or overdue, while it is open."})
    extended_on = fields.Date(allow_none=True)
    extension_reason = fields.String()
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_by = fields.String()
    outcome = fields.String(allow_none=True)
    grounds = fields.String(allow_none=True)
    answer = fields.String()
    parts = fields.List(fields.Nested(PrivacyPartOut))
    copy_until = fields.AwareDateTime(allow_none=True)
    dispute_id = fields.UUID(allow_none=True)
    act_id = fields.UUID(allow_none=True, metadata={"description": "The act of destruction that the answer made."})
    restricted = fields.Boolean(metadata={"description": "The restriction that was granted is in force."})


class OnePrivacyRequestOut(PrivacyRequestOut):
    copy = fields.String(metadata={"description": "open, on-paper or closed to the viewer."})


class PrivacyRequestsOut(Schema):
    items = fields.List(fields.Nested(PrivacyRequestOut))
    next = fields.UUID(allow_none=True)


class ExtensionIn(Schema):
    reason = Text(500, required=True)


class AnswerIn(Schema):
    outcome = fields.String(required=True, validate=validate.OneOf(_ANSWERS))
    grounds = fields.Enum(Ground, by_value=True, load_default=None)
    answer = Lines(LONGEST, required=True)
    categories = fields.List(
        fields.String(validate=validate.OneOf(ERASABLE)),
        load_default=list,
        validate=validate.Length(max=len(ERASABLE)),
        metadata={"description": "What is to be destroyed, for an erasure that is granted; each once."},
    )


class CopySectionOut(Schema):
    name = fields.String()
    title = fields.String()
    columns = fields.Dict(keys=fields.String(), values=fields.String())
    rows = fields.List(fields.Dict())


class CopyPartOut(Schema):
    service = fields.String()
    as_of = fields.AwareDateTime()
    sections = fields.List(fields.Nested(CopySectionOut))


class CopyOut(Schema):
    """Only described by it: the answer goes past it, for it may be long."""

    school = fields.String()
    number = fields.Integer()
    subject_id = fields.UUID()
    subject = fields.String()
    services = fields.List(fields.Nested(CopyPartOut))


class PartIn(Schema):
    school_id = fields.UUID(required=True)
    sections = fields.List(fields.Dict(), required=True)


class PartTakenOut(Schema):
    taken = fields.Boolean()
