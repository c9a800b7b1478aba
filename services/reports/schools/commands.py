"""Keeps the copy of schools."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.reports.schools.models import School


def copy_school(session: Session, data: Mapping[str, Any]) -> None:
    """A school as accounts tells of it."""
    values = {"id": uuid.UUID(data["school_id"]), "name": data["name"], "zone": data["zone"]}
    statement = insert(School).values(values)
    session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"name": values["name"], "zone": values["zone"]})
    )
