"""What journal does with the events of other services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.common.clock import today_in
from services.common.events import Copied, Event, Handler, school_row
from services.journal.schools.commands import Founder, open_school, settle_school
from services.journal.schools.models import School

SOURCES = ("accounts",)


def school_created(session: Session, event: Event) -> None:
    """A school opens here with the year, periods, scales and work types that schools begin with."""
    _open(session, event.data)


def _open(session: Session, data: Mapping[str, Any]) -> None:
    founder = Founder(
        uuid.UUID(data["person_id"]), data["last_name"], data["first_name"], data.get("middle_name") or ""
    )
    open_school(session, uuid.UUID(data["school_id"]), data["name"], data["zone"], founder, today_in(data["zone"]))


def schools_are(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """The present schools of accounts: opened where they are new here, called as they are called there."""
    for row in rows:
        _open(session, row)
        settle_school(session, uuid.UUID(row["school_id"]), row["name"], row["zone"])


HANDLERS: Mapping[str, Handler] = {"accounts.school.created.v1": school_created}
STATES: Mapping[str, Mapping[str, Copied]] = {"accounts": {"school": school_row(School, schools_are)}}
