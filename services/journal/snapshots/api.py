"""What reports asks before it takes a job: whether a class is there, and how somebody stands to it."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.app import current_request_id, internal, this_service
from services.common.arguments import Blueprint, Schema
from services.common.db import Scope
from services.journal.calendar.queries import period_title, periods_of
from services.journal.classes.models import SchoolClass
from services.journal.classes.rules import class_name
from services.journal.people.models import Person
from services.journal.people.rules import short_name
from services.journal.relations.queries import classes_led
from services.journal.schools.queries import school_today

blp = Blueprint("snapshots", __name__, url_prefix="/internal/journal/v1", description="For reports.")


class ClassScopeQuestion(Schema):
    school_id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True)
    class_id = ma.fields.UUID(required=True)
    period_id = ma.fields.UUID(load_default=None, allow_none=True)


class ClassScopeAnswer(Schema):
    class_name = ma.fields.String(allow_none=True)
    period = ma.fields.String(allow_none=True)
    leads = ma.fields.Boolean()
    person = ma.fields.String(allow_none=True)


@blp.route("/class-scope", methods=["POST"])
@blp.arguments(ClassScopeQuestion)
@blp.response(200, ClassScopeAnswer)
@internal("reports")
def class_scope(question: dict[str, uuid.UUID]) -> dict[str, Any]:
    """Names of the class, of one of its periods and of the person, null where there is none, and who leads today."""
    scope = Scope(school_id=question["school_id"], actor="service:journal", request_id=current_request_id())
    with this_service().database.read(scope) as session:
        today = school_today(session)
        found = session.scalars(sa.select(SchoolClass).where(SchoolClass.id == question["class_id"])).one_or_none()
        person = session.scalars(sa.select(Person).where(Person.id == question["person_id"])).one_or_none()
        led = classes_led(question["person_id"], today)
        return {
            "class_name": class_name(found.grade_level, found.letter) if found else None,
            "period": _period(session, found, question["period_id"]) if found else None,
            "leads": bool(session.scalar(sa.select(sa.literal(question["class_id"]).in_(led)))),
            "person": short_name(person.last_name, person.first_name, person.middle_name) if person else None,
        }


def _period(session: Session, school_class: SchoolClass, period_id: uuid.UUID | None) -> str | None:
    own = periods_of(session, school_class.year_id, school_class.grade_level)
    return next((period_title(period) for period in own if period.id == period_id), None)
