"""What accounts asks of journal for the list of duties."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.common.app import current_request_id, internal, this_service
from services.common.arguments import Blueprint, Schema
from services.common.db import Scope
from services.journal.duties.queries import class_names, staff_on

blp = Blueprint("duties", __name__, url_prefix="/internal/journal/v1", description="For the other services.")


class DutiesQuestion(Schema):
    school_id = ma.fields.UUID(required=True)
    on = ma.fields.Date(required=True)


class TermOut(Schema):
    class_id = ma.fields.UUID()
    class_name = ma.fields.String()
    from_ = ma.fields.Date(data_key="from", attribute="from_day")
    to = ma.fields.Date(attribute="to_day", allow_none=True)


class TaughtOut(TermOut):
    course_id = ma.fields.UUID()
    subject = ma.fields.String()
    kind = ma.fields.String()


class WorkerOut(Schema):
    person_id = ma.fields.UUID()
    name = ma.fields.String()
    position = ma.fields.String()
    leads = ma.fields.List(ma.fields.Nested(TermOut))
    teaches = ma.fields.List(ma.fields.Nested(TaughtOut))


class ClassNameOut(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()


class DutiesAnswer(Schema):
    staff = ma.fields.List(ma.fields.Nested(WorkerOut))
    classes = ma.fields.List(ma.fields.Nested(ClassNameOut))


@blp.route("/duties", methods=["POST"])
@blp.arguments(DutiesQuestion)
@blp.response(200, DutiesAnswer)
@internal("accounts")
def duties(question: dict[str, Any]) -> dict[str, Any]:
    """Everybody who works in the school on that day, with the classes led and the courses taught."""
    scope = Scope(school_id=question["school_id"], actor="service:journal", request_id=current_request_id())
    with this_service().database.read(scope) as session:
        return {
            "staff": staff_on(session, question["on"]),
            "classes": [{"id": class_id, "name": name} for class_id, name in class_names(session)],
        }
