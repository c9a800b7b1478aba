"""A school begins: with its first administrator and the code that lets him in."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.accounts.consent_forms.commands import publish_samples
from services.accounts.consent_forms.rules import Operator
from services.accounts.credentials.commands import NewCode, issue_codes
from services.accounts.events import SchoolCreated
from services.accounts.register.models import Person, School
from services.accounts.register.queries import school_by_id
from services.accounts.register.rules import FullName, full_name, is_zone
from services.accounts.roles.commands import NewRole, give_role
from services.accounts.roles.rules import RoleKind
from services.common import clock
from services.common.db import new_id, scope_of, set_scope
from services.common.events import publish


@dataclass(frozen=True)
class SchoolMade:
    """What is shown once to whoever made the school."""

    school_id: uuid.UUID
    person_id: uuid.UUID
    login: str
    code: str
    expires_at: dt.datetime


def create_school(
    session: Session,
    name: str,
    zone: str,
    administrator: str,
    moment: dt.datetime | None = None,
    *,
    address: str = "",
    site: str = "",
) -> SchoolMade:
    """A new school; the rest of the transaction runs in it. With its address the samples of the forms of consent are
    in force from its first day. Raises ValueError for what makes no sense."""
    name = " ".join(name.split())
    if not name:
        raise ValueError("a school has a name")
    if not is_zone(zone):
        raise ValueError(f"{zone!r} is not a time zone of the IANA list, such as Europe/Simferopol")
    names = full_name(administrator)
    moment = moment or clock.now()
    school = School(id=new_id(), name=name, zone=zone, founder_id=new_id(), created_at=moment)
    session.add(school)
    set_scope(session, replace(scope_of(session), school_id=school.id))
    session.add(_founder(school, names))
    give_role(
        session,
        school.id,
        NewRole(school.founder_id, RoleKind.ADMINISTRATOR, from_on=clock.today_in(zone, moment)),
    )
    if address:
        operator = Operator(name, " ".join(address.split()), " ".join(site.split()))
        publish_samples(session, school.id, operator, clock.today_in(zone, moment), school.founder_id, moment)
    publish(
        session,
        SchoolCreated(school.id, name, zone, school.founder_id, names.last_name, names.first_name, names.middle_name),
    )
    return _made(school, issue_codes(session, school.id, [school.founder_id], moment)[0])


def admit_founder_again(session: Session, school_id: uuid.UUID, moment: dt.datetime) -> SchoolMade:
    """A new code for the first administrator; earlier unused ones die. Raises NotFoundError."""
    school = school_by_id(session, school_id)
    set_scope(session, replace(scope_of(session), school_id=school.id))
    return _made(school, issue_codes(session, school.id, [school.founder_id], moment)[0])


def _founder(school: School, names: FullName) -> Person:
    return Person(
        school_id=school.id,
        id=school.founder_id,
        kinds=[],
        last_name=names.last_name,
        first_name=names.first_name,
        middle_name=names.middle_name,
        birth_date=None,
        left_on=None,
        version=0,
    )


def _made(school: School, code: NewCode) -> SchoolMade:
    return SchoolMade(school.id, school.founder_id, code.login, code.code, code.expires_at)
