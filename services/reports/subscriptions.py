"""What reports does with the events of other services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.common.events import Copied, Event, Handler, school_row
from services.reports.schools.commands import copy_school
from services.reports.schools.models import School

SOURCES = ("accounts",)


def school_created(session: Session, event: Event) -> None:
    copy_school(session, event.data)


def schools_are(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        copy_school(session, row)


HANDLERS: Mapping[str, Handler] = {"accounts.school.created.v1": school_created}
STATES: Mapping[str, Mapping[str, Copied]] = {"accounts": {"school": school_row(School, schools_are)}}
