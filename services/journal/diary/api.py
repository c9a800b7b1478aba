"""Route of the diary."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
import orjson

from services.common.app import json_bytes, read, requires, viewer
from services.common.arguments import Blueprint
from services.common.problems import Contradiction
from services.journal.diary.queries import diary
from services.journal.fields import Window
from services.journal.policy import Permission, sees_illness
from services.journal.relations.access import access_pupil
from services.journal.schools.queries import school_today

blp = Blueprint("diary", __name__, url_prefix="/api/journal/v1", description="What a family sees.")

LONGEST_DAYS = 62


class DiaryQuery(Window):
    student = ma.fields.UUID(required=True)

    @ma.validates_schema
    def not_too_long(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("from_"), data.get("to")
        if first and last and (last - first).days > LONGEST_DAYS:
            raise ma.ValidationError(Contradiction("At most two months at once."), "to")


class DiaryAnswer(ma.Schema):
    student = ma.fields.Dict()
    from_ = ma.fields.Date(data_key="from")
    to = ma.fields.Date()
    today = ma.fields.Date()
    days = ma.fields.List(ma.fields.Dict())


@blp.route("/diary", methods=["GET"])
@blp.arguments(DiaryQuery, location="query")
@blp.response(200, DiaryAnswer)
@requires(Permission.DIARY_READ)
def get_diary(asked: dict[str, Any]) -> Any:
    """Days of a pupil with lessons, marks and attendance; without days this week."""
    with read() as session:
        today = school_today(session)
        access = access_pupil(session, viewer(), asked["student"], Permission.DIARY_READ, today)
        first = asked["from_"] or today - dt.timedelta(days=today.weekday())
        last = asked["to"] or first + dt.timedelta(days=6)
        person = access.person
        answer = {
            "student": {"id": person.id, "name": f"{person.last_name} {person.first_name}"},
            "from": first,
            "to": last,
            "today": today,
            "days": diary(session, person.id, first, last, sees_illness(viewer(), access.facts)),
        }
        return json_bytes(orjson.dumps(answer))
