"""Reaching people: whom accounts does not know yet it asks journal for once, before it answers 404."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from services.accounts.edge import Accounts
from services.accounts.register.commands import learn_guardianship, learn_person
from services.accounts.register.queries import guardians_of, people_by_id, today_of
from services.common.clock import now
from services.common.db import Scope
from services.common.identity import ServiceSilentError
from services.common.problems import UnavailableError

_STATE = "/internal/journal/v1/state"


def fetch_unknown(service: Accounts, school_id: uuid.UUID, people: Collection[uuid.UUID]) -> None:
    """Learns of these people from journal, as far as they are unknown; no transaction is open meanwhile."""
    with service.database.read(Scope(school_id=school_id)) as session:
        unknown = set(people) - set(people_by_id(session, people))
    for person_id in sorted(unknown):
        _fetch(service, school_id, person_id)


def fetch_unknown_link(
    service: Accounts, school_id: uuid.UUID, student_id: uuid.UUID, guardian_id: uuid.UUID
) -> None:
    """Learns from journal that somebody answers for a pupil, when the event of it is still on its way."""
    with service.database.read(Scope(school_id=school_id)) as session:
        links = guardians_of(session, [student_id], today_of(session, school_id, now()))
    if student_id != guardian_id and all(link.guardian_id != guardian_id for link in links):
        _fetch(service, school_id, guardian_id)


def _fetch(service: Accounts, school_id: uuid.UUID, person_id: uuid.UUID) -> None:
    try:
        told = service.client.get("journal", f"{_STATE}/person", id=str(person_id))
        links = service.client.get("journal", f"{_STATE}/guardianship", person=str(person_id))
    except ServiceSilentError as error:
        raise UnavailableError("The journal does not answer just now.", retry_after=5) from error
    people, own_links = (
        [row for row in page["rows"] if row["school_id"] == str(school_id)] for page in (told, links)
    )
    with service.database.transaction(Scope(school_id=school_id, actor="service:accounts")) as session:
        for row in people:
            learn_person(session, school_id, row)
        for row in own_links if people else []:
            learn_guardianship(session, school_id, row)
