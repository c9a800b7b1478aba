"""Who a token is, in the school it is open for, with what rests on consent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.accounts.consents.queries import diary_students
from services.accounts.identities.queries import memberships_of
from services.accounts.register.queries import people_by_id, school_by_id
from services.accounts.roles.queries import roles_held
from services.accounts.sessions.commands import keep_alive
from services.accounts.sessions.queries import open_session
from services.accounts.sign_in_policy.queries import withheld_roles
from services.common.clock import today_in
from services.common.db import scope_of, set_scope
from services.common.identity import Identity, Role, looks_like_token


@dataclass(frozen=True)
class Introspected:
    identity: Identity
    until: dt.datetime


def introspect(session: Session, token: str, poll: bool, now: dt.datetime) -> Introspected | None:
    """The person behind a token, None when it is unknown, ended, or nobody in its school any more.

    It also keeps the session alive, once a minute, unless a page only polls.
    """
    opened = open_session(session, token, now) if looks_like_token(token) else None
    if opened is None:
        return None
    if not poll:
        keep_alive(session, opened, now)
    set_scope(
        session,
        replace(scope_of(session), school_id=opened.current_school, account_id=opened.account_id),
    )
    person_id = next(
        (
            membership.person_id
            for membership in memberships_of(session, opened.account_id)
            if membership.school_id == opened.current_school
        ),
        None,
    )
    if person_id is None:
        return None
    today = today_in(school_by_id(session, opened.current_school).zone, now)
    person = people_by_id(session, [person_id]).get(person_id)
    kinds = frozenset(person.kinds) if person else frozenset()
    if person is not None and person.left_on is not None and person.left_on <= today:
        kinds -= {"staff"}  # who worked here once and comes on as a pupil's mother
    held = roles_held(session, person_id, today)
    withheld = withheld_roles(session, opened.account_id, {role.kind for role in held})
    identity = Identity(
        account_id=opened.account_id,
        person_id=person_id,
        school_id=opened.current_school,
        kinds=kinds,
        roles=tuple(
            Role(
                kind=role.kind,
                classes=None if role.classes is None else frozenset(role.classes),
                directions=None if role.directions is None else frozenset(role.directions),
            )
            for role in held
            if role.kind not in withheld
        ),
        session_kind=opened.kind,
        consented=diary_students(session, person_id, "student" in kinds, today),
        withheld=withheld,
    )
    return Introspected(identity, opened.idle_until)
