"""The journal service as a WSGI application."""

from __future__ import annotations

import flask

from services.common import app as common
from services.common.service import Service
from services.journal.attendance.api import blp as attendance
from services.journal.calendar.api import blp as calendar
from services.journal.card_views.api import blp as card_views
from services.journal.classes.api import blp as classes
from services.journal.courses.api import blp as courses
from services.journal.diary.api import blp as diary
from services.journal.duties.api import blp as duties
from services.journal.imports.api import blp as imports
from services.journal.leaving.api import blp as leaving
from services.journal.lessons.api import blp as lessons
from services.journal.marks.api import blp as marks
from services.journal.people.api import blp as people
from services.journal.period_marks.api import blp as period_marks
from services.journal.relations.api import blp as relations
from services.journal.relations.api import public as permissions
from services.journal.scales.api import blp as scales
from services.journal.snapshots.api import blp as snapshots

BLUEPRINTS = (
    people,
    leaving,
    card_views,
    imports,
    calendar,
    scales,
    classes,
    courses,
    lessons,
    attendance,
    marks,
    period_marks,
    diary,
    permissions,
    relations,
    duties,
    snapshots,
)


def create_app(service: Service) -> flask.Flask:
    """Journal's public and internal routes."""
    return common.create_app(service, "Zhurnal: journal", BLUEPRINTS)
