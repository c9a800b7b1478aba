"""Who I am, for a client."""

from __future__ import annotations

from marshmallow import fields

from services.accounts.sessions.schemas import SchoolOut
from services.common.arguments import Schema


class AccountOut(Schema):
    id = fields.UUID()
    login = fields.String()


class NamesOut(Schema):
    id = fields.UUID()
    name = fields.String()
    last_name = fields.String()
    first_name = fields.String()
    middle_name = fields.String()


class HeldRoleOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    classes = fields.List(fields.UUID(), allow_none=True)
    directions = fields.List(fields.String(), allow_none=True)
    from_ = fields.Date(data_key="from", attribute="from_on")
    to = fields.Date(attribute="to_on", allow_none=True)


class DecisionOut(Schema):
    state = fields.String()
    id = fields.UUID(allow_none=True)
    signed_on = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)
    withdrawn_on = fields.Date(allow_none=True)


class CameInOut(Schema):
    name = fields.String()
    relation = fields.String()
    at = fields.AwareDateTime()


class ChildOut(Schema):
    student_id = fields.UUID()
    name = fields.String()
    class_ = fields.String(data_key="class", attribute="class", allow_none=True)
    relation = fields.String()
    consent = fields.Dict(keys=fields.String(), values=fields.String())
    consents = fields.Dict(keys=fields.String(), values=fields.Nested(DecisionOut))
    came_in = fields.List(fields.Nested(CameInOut))


class ToAnswerOut(Schema):
    open = fields.Integer()
    soon = fields.Integer(metadata={"description": "Their term ends within two working days."})
    overdue = fields.Integer()


class PrivacyOut(Schema):
    answered = fields.Integer(metadata={"description": "Own requests that were answered within thirty days."})
    to_answer = fields.Nested(
        ToAnswerOut, allow_none=True, metadata={"description": "The school's, for who answers them."}
    )


class MeOut(Schema):
    account = fields.Nested(AccountOut)
    person = fields.Nested(NamesOut)
    kinds = fields.List(fields.String())
    school = fields.Nested(SchoolOut)
    schools = fields.List(fields.Nested(SchoolOut))
    roles = fields.List(fields.Nested(HeldRoleOut))
    withheld_roles = fields.List(
        fields.String(), metadata={"description": "Kinds of roles that count once there is a second factor."}
    )
    children = fields.List(fields.Nested(ChildOut))
    own_consent = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    documents_waiting = fields.Integer(metadata={"description": "To be read and accepted."})
    privacy = fields.Nested(PrivacyOut)
