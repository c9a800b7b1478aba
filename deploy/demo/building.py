"""Builds the demonstration through accounts and journal; each step that was done is left as it is."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from deploy.demo.description import description, signing_in
from deploy.demo.plan import ADMINISTRATOR, OPERATOR, SCHOOL_NAME, ZONE, Plan
from services.accounts.consent_forms.commands import publish_samples
from services.accounts.consents.rules import Purpose
from services.accounts.demo.commands import Decided, Door, admit, is_admitted, record_decisions, schools
from services.accounts.register.models import School
from services.accounts.register.rules import full_name
from services.accounts.roles.rules import RoleKind
from services.accounts.schools.commands import create_school
from services.common.clock import now
from services.common.db import Database, Scope
from services.journal.demo.commands import build as build_journal
from services.journal.demo.commands import is_built
from services.journal.demo.rules.people import GIVEN, MISSING
from services.journal.demo.rules.school import DemoSchool, demo_school
from services.journal.schools.commands import Founder, open_school

STATEMENT_TIMEOUT = "120s"
_SCOPE = Scope(actor="command:demonstration", origin="generator")


class ForeignSchoolError(Exception):
    """The databases hold a school that this plan did not make."""


@dataclass(frozen=True)
class Built:
    """What stands now, as `demo.json` says it, and the rows that were written this time, by table."""

    school_id: uuid.UUID
    day: dt.date
    people: list[dict[str, object]]
    rows: dict[str, int]
    seconds: dict[str, float]
    """Of each part of the work."""


def build(accounts: Database, journal: Database, plan: Plan, fresh: bool) -> Built:
    """The demonstration of `plan`; what an earlier, interrupted build wrote is kept.

    Raises ForeignSchoolError when the plan is `fresh` and there is a school nevertheless.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "invented in"):
        made = demo_school(plan.seed, plan.day, plan.school)
    with accounts.transaction(_SCOPE) as session:
        school = _school(session, fresh)
        school_id, founder_id = school.id, school.founder_id
    scope = replace(_SCOPE, school_id=school_id)
    rows: dict[str, int] = {}
    with _timed(seconds, "journal written in"), journal.transaction(scope) as session:
        names = full_name(ADMINISTRATOR)
        founder = Founder(founder_id, names.last_name, names.first_name, names.middle_name)
        open_school(session, school_id, SCHOOL_NAME, ZONE, founder, made.day)
        if not is_built(session):
            rows = build_journal(session, made)
    with _timed(seconds, "accounts in"), accounts.transaction(scope) as session:
        if not is_admitted(session, founder_id):
            publish_samples(session, school_id, OPERATOR, made.start, founder_id, now())
            admit(session, school_id, _doors(made, plan, founder_id), made.start, now())
            rows["consent"] = record_decisions(session, _decided(made), made.start, founder_id, now())
    return Built(school_id, made.day, description(made, plan, founder_id), rows, seconds)


@contextmanager
def _timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[part] = time.monotonic() - began


def _school(session: Session, fresh: bool) -> School:
    found = schools(session)
    if not found:
        create_school(session, SCHOOL_NAME, ZONE, ADMINISTRATOR)
        session.flush()
        found = schools(session)
    elif fresh or found[0].name != SCHOOL_NAME:
        raise ForeignSchoolError
    return found[0]


def _doors(made: DemoSchool, plan: Plan, founder_id: uuid.UUID) -> list[Door]:
    roles = {"director": RoleKind.DIRECTOR, "deputy": RoleKind.DEPUTY}
    people = signing_in(made, founder_id)
    return [Door(person, login, plan.passwords[login], roles.get(login)) for login, person in people.items()]


def _decided(made: DemoSchool) -> Sequence[Decided]:
    families = made.families
    of_guardians = [(bond.student_id, bond.guardian_id, bond.consent) for bond in families.bonds]
    own = [(student, student, consent) for student, consent in families.own_consents.items()]
    return [
        Decided(student, signer, _purposes(number, given=consent == GIVEN))
        for number, (student, signer, consent) in enumerate((*of_guardians, *own))
        if consent != MISSING
    ]


def _purposes(number: int, *, given: bool) -> dict[Purpose, bool]:
    """What a family says of each purpose: photographs are refused more often than the rest, and not everybody has
    answered about them and about competitions."""
    said = {Purpose.DIARY: given, Purpose.MAIL: given}
    if number % 5:
        said[Purpose.PHOTO] = given and number % 5 != 1
    if number % 4:
        said[Purpose.THIRD_PARTIES] = given and number % 11 != 1
    return said
