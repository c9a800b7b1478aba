"""Who waits for a slip."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from services.accounts.access.queries import waiting_people
from services.accounts.access.rules import Stage
from services.accounts.register.models import School
from services.accounts.register.queries import Place
from services.common.clock import today_in


def people_without_slip(
    session: Session,
    school: School,
    found: Mapping[uuid.UUID, Sequence[Place]],
    class_id: uuid.UUID | None,
    among: str | None,
    now: dt.datetime,
) -> list[uuid.UUID]:
    """Those of a class, or of a kind (staff, families, everybody), who have never signed in and have no slip in their
    hands; one that was printed and not handed over is printed anew. `found`: who belongs to which class."""
    of_class = None
    if class_id is not None:
        of_class = [person_id for person_id, where in found.items() if any(one.class_id == class_id for one in where)]
    waiting = waiting_people(session, school, of_class, now, today_in(school.zone, now))
    wanted = {"staff": (True,), "families": (False,)}.get(among or "", (True, False))
    return [
        one.person.id
        for one in waiting
        if one.stage is not Stage.HANDED_OVER and ("staff" in one.person.kinds) in wanted
    ]
