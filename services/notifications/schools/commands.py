"""Keeps the copy of schools, and what a school settles about its mail."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.common.problems import StaleError
from services.notifications.schools.models import MailSetting, School


def copy_school(session: Session, data: Mapping[str, Any]) -> None:
    """A school as accounts tells of it."""
    values = {"id": uuid.UUID(data["school_id"]), "name": data["name"], "zone": data["zone"]}
    statement = insert(School).values(values)
    session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"name": values["name"], "zone": values["zone"]})
    )


def settle_delays(
    session: Session, school_id: uuid.UUID, mark_minutes: int, absence_minutes: int, version: int
) -> MailSetting:
    """How long messages wait from now on. Raises StaleError."""
    setting = session.get(MailSetting, school_id)
    if (setting.version if setting else 0) != version:
        raise StaleError
    if setting is None:
        setting = MailSetting(school_id=school_id)
        session.add(setting)
    setting.mark_delay_minutes = mark_minutes
    setting.absence_delay_minutes = absence_minutes
    session.flush()
    return setting
