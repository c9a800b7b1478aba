"""Who is written to about a pupil, and under which address."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.people.models import Guardianship, Person


def addresses_of_family(session: Session, student_id: uuid.UUID, today: dt.date) -> dict[str, list[uuid.UUID]]:
    """Addresses of the pupil's present guardians, each with whom it belongs to.

    Restricted ones are in the list: an address they share with somebody must not be written to.
    """
    rows = session.execute(
        sa.select(Person.email, Person.id)
        .join(Guardianship, Guardianship.guardian_id == Person.id)
        .where(
            Guardianship.student_id == student_id,
            Guardianship.from_day <= today,
            sa.or_(Guardianship.to_day.is_(None), Guardianship.to_day > today),
            Person.email.is_not(None),
        )
        .order_by(Person.id)
    )
    found: dict[str, list[uuid.UUID]] = {}
    for address, guardian_id in rows:
        assert address is not None
        found.setdefault(address, []).append(guardian_id)
    return found
