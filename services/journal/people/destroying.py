"""Contacts go under an order; whoever keeps a copy of them hears of it at once."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.personal_data.destroying import Order, due_rows
from services.journal.events import PersonChanged
from services.journal.people.commands import tell_of_person
from services.journal.people.models import Person

_AT_ONCE = 200
"""Contacts of one transaction: each person behind them is told of, too."""

_GONE = sa.text(
    "DELETE FROM contact AS gone USING destruction_order AS due"
    " WHERE due.id = :order AND is_due_contact(gone, due) AND gone.person_id = ANY (:people) RETURNING gone.person_id"
)
"""Asked once more whether they are due: somebody may have come back meanwhile."""


def destroy_contacts(session: Session, order: Order, most: int) -> int:
    """Destroys up to so many contacts that are due; how many."""
    # Who corrects a person locks that first and the contacts after it: the other way round both would wait for ever.
    while found := due_rows(session, order, "contact", min(most, _AT_ONCE), "person_id"):
        people = session.scalars(
            sa.select(Person).where(Person.id.in_(set(found))).order_by(Person.id).with_for_update()
        ).all()
        gone = session.execute(_GONE, {"order": order.id, "people": list(set(found))}).scalars().all()
        for person in people:
            if person.id in gone:
                person.version += 1
                tell_of_person(session, person, PersonChanged)
        if gone:
            return len(gone)
    return 0
