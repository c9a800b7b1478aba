"""Everything that the bearer of a token may know of himself, for the first page he sees."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.consents.queries import Standing, standing
from services.accounts.consents.rules import decides_himself
from services.accounts.credentials.queries import slips_used
from services.accounts.credentials.rules import TOLD_FOR
from services.accounts.documents.queries import waiting
from services.accounts.identities.queries import account_by_id, memberships_of
from services.accounts.policy import POLICY, Permission
from services.accounts.privacy_requests.queries import answered_lately, to_answer
from services.accounts.register.models import Person
from services.accounts.register.queries import (
    classes_of,
    guardians_of,
    guardianships_of,
    people_by_id,
    school_by_id,
    schools_by_id,
)
from services.accounts.roles.queries import roles_held
from services.common.clock import today_in
from services.common.identity import Identity
from services.common.policy import allows


def myself(session: Session, identity: Identity, now: dt.datetime) -> dict[str, Any]:
    """As `MeOut` says. The transaction shows the account as its proof."""
    school = school_by_id(session, identity.school_id)
    today = today_in(school.zone, now)
    memberships = memberships_of(session, identity.account_id)
    person = people_by_id(session, [identity.person_id]).get(identity.person_id)
    return {
        "account": account_by_id(session, identity.account_id),
        "person": person or {"id": identity.person_id, "name": ""},
        "kinds": sorted(identity.kinds),
        "school": school,
        "schools": schools_by_id(session, [membership.school_id for membership in memberships]),
        "roles": roles_held(session, identity.person_id, today),
        "withheld_roles": sorted(identity.withheld),
        "children": _children(session, identity, now, today),
        "own_consent": _own_consent(session, person, today),
        "documents_waiting": waiting(session, identity.person_id, identity.kinds),
        "privacy": {
            "answered": answered_lately(session, identity.person_id, now),
            "to_answer": to_answer(session, today) if _answers(identity) else None,
        },
    }


def _children(session: Session, identity: Identity, now: dt.datetime, today: dt.date) -> list[dict[str, Any]]:
    links = guardianships_of(session, identity.person_id, today)
    students = [link.student_id for link in links]
    people, classes = people_by_id(session, students), classes_of(session, students, today)
    stand = standing(session, students, today)
    came = _came_in(session, identity.person_id, students, now, today)
    children = [
        {
            "student_id": link.student_id,
            "name": people[link.student_id].name if link.student_id in people else "",
            "class": classes[link.student_id].class_name if link.student_id in classes else None,
            "relation": link.relation,
            "consent": stand.of(link.student_id, identity.person_id),
            "consents": _decisions(stand, link.student_id, identity.person_id),
            "came_in": came.get(link.student_id, []),
        }
        for link in links
    ]
    return sorted(children, key=lambda child: (str(child["name"]), child["student_id"]))


def _came_in(
    session: Session, me: uuid.UUID, students: Collection[uuid.UUID], now: dt.datetime, today: dt.date
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """By pupil, the other guardians who came in by a slip lately: nobody uses a stranger's slip unseen."""
    every = guardians_of(session, students, today)
    links = [link for link in every if not link.restricted and link.guardian_id != me]
    came = dict(slips_used(session, {link.guardian_id for link in links}, now - TOLD_FOR))
    people = people_by_id(session, came)
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        if link.guardian_id in came:
            one = {"name": people[link.guardian_id].name, "relation": link.relation, "at": came[link.guardian_id]}
            found[link.student_id].append(one)
    return found


def _decisions(stand: Standing, student_id: uuid.UUID, signer_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """By purpose the state and the decision behind it."""
    found: dict[str, dict[str, Any]] = {}
    for purpose, state in stand.of(student_id, signer_id).items():
        consent = stand.consents.get((student_id, signer_id, purpose))
        found[purpose] = {
            "state": state,
            "id": consent.id if consent else None,
            "signed_on": consent.signed_on if consent else None,
            "until": consent.until if consent else None,
            "withdrawn_on": consent.withdrawn_at.date() if consent and consent.withdrawn_at else None,
        }
    return found


def _own_consent(session: Session, person: Person | None, today: dt.date) -> dict[str, Any] | None:
    """A pupil's own decisions, from the age at which they count."""
    if person is None or "student" not in person.kinds or not decides_himself(person.birth_date, today):
        return None
    own = standing(session, [person.id], today).of(person.id, person.id)
    return {str(purpose): state for purpose, state in own.items()}


def _answers(identity: Identity) -> bool:
    return allows(POLICY, Permission.PRIVACY_ANSWER, identity, None)
