"""All that the journal keeps about a person."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from services.common.personal_data.asking import gathered
from services.common.personal_data.sections import Section
from services.journal.personal_data import card, changes, lists, looks, results, work
from services.journal.personal_data.lists import lists_naming

_SECTIONS = (
    *card.SECTIONS,
    *results.SECTIONS,
    *work.SECTIONS,
    *lists.SECTIONS,
    *looks.SECTIONS,
    *changes.SECTIONS,
)


def gather(session: Session, person_id: uuid.UUID) -> list[Section]:
    """Every section in a settled order; those in which nothing is kept have no rows, of whom nobody knows all.

    Of other people it says what belongs to the person's own facts: who answers for whom, who wrote, who looked.
    """
    return [*gathered(session, _SECTIONS, person_id), lists_naming(session, person_id)]
