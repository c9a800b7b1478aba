"""Who may do what in journal: permission -> any of (all of predicates).

Roles and rights follow the school's work plan: the class teacher reads every journal of the class and writes in
none; the administration reads all, a deputy of some classes those; marks are written by who teaches the course
today. Staff need no consent (273-ФЗ art. 28); a family reads by the guardian's or the grown pupil's own consent.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from services.common.identity import Identity
from services.common.policy import HoldsRoleOverClass, Policy, allows, role


class Permission(StrEnum):
    """What a route of journal may ask for."""

    SETUP_READ = "SETUP_READ"
    SETUP_WRITE = "SETUP_WRITE"
    PEOPLE_READ = "PEOPLE_READ"
    PEOPLE_WRITE = "PEOPLE_WRITE"
    CARD_VIEWS_READ = "CARD_VIEWS_READ"
    GUARDIANSHIPS_READ = "GUARDIANSHIPS_READ"
    ENROLLMENT_SET = "ENROLLMENT_SET"
    STAFF_WRITE = "STAFF_WRITE"
    IMPORT = "IMPORT"
    CLASS_READ = "CLASS_READ"
    COURSE_LIST = "COURSE_LIST"
    JOURNAL_PAGE_READ = "JOURNAL_PAGE_READ"
    MARK_SET = "MARK_SET"
    LESSON_PLAN = "LESSON_PLAN"
    EXCUSES_READ = "EXCUSES_READ"
    EXCUSE_SET = "EXCUSE_SET"
    ILLNESS_READ = "ILLNESS_READ"
    PERIOD_MARK_SET = "PERIOD_MARK_SET"
    PERIOD_CLOSE = "PERIOD_CLOSE"
    DIARY_READ = "DIARY_READ"


@dataclass(frozen=True)
class Facts:
    """How the viewer stands to the object in question, today."""

    teaches: bool = False
    leads: bool = False
    guards: bool = False
    is_self: bool = False
    consented: bool = False
    """Set for a family only, from an answer of accounts that is fresh enough."""
    classes: frozenset[uuid.UUID] = frozenset()
    """Classes that the object belongs to."""
    of_staff: bool = False
    """It is about somebody who works here."""
    of_illness: bool = False
    """It is the ground of an absence, and an illness."""


def teaches(_: Identity, facts: Facts) -> bool:
    return facts.teaches


def leads(_: Identity, facts: Facts) -> bool:
    return facts.leads


def guards(_: Identity, facts: Facts) -> bool:
    return facts.guards


def is_self(_: Identity, facts: Facts) -> bool:
    return facts.is_self


def consented(_: Identity, facts: Facts) -> bool:
    return facts.consented


def of_staff(_: Identity, facts: Facts) -> bool:
    return facts.of_staff


def of_illness(_: Identity, facts: Facts) -> bool:
    return facts.of_illness


def of_no_illness(_: Identity, facts: Facts) -> bool:
    return not facts.of_illness


def anybody(_: Identity, __: Facts) -> bool:
    return True


_DEPUTY = HoldsRoleOverClass(("deputy",))
_ADMINISTRATION = ((role("director", "administrator"),), (_DEPUTY,))
_OFFICE = ((role("administrator", "secretary"),),)
_SET_UP = ((role("administrator"),), (_DEPUTY,))
_WATCHING = ((role("director", "administrator", "secretary", "medic"),), (_DEPUTY,))

POLICY: Policy = {
    Permission.SETUP_READ: ((anybody,),),
    Permission.SETUP_WRITE: _SET_UP,
    Permission.PEOPLE_READ: (
        *_WATCHING,
        (role("deputy"), of_staff),
        (leads,),
        (teaches,),
        (guards, consented),
        (is_self,),
    ),
    Permission.PEOPLE_WRITE: _OFFICE,
    Permission.CARD_VIEWS_READ: ((role("director", "administrator"),),),
    Permission.GUARDIANSHIPS_READ: (*_WATCHING, (leads,), (is_self,)),
    Permission.ENROLLMENT_SET: (*_OFFICE, (_DEPUTY,)),
    Permission.STAFF_WRITE: ((role("administrator"),),),
    Permission.IMPORT: _OFFICE,
    Permission.CLASS_READ: (*_WATCHING, (leads,), (teaches,)),
    Permission.COURSE_LIST: (*_ADMINISTRATION, (teaches,), (leads,)),
    Permission.JOURNAL_PAGE_READ: (*_ADMINISTRATION, (teaches,), (leads,)),
    Permission.MARK_SET: ((teaches,),),
    Permission.LESSON_PLAN: (*_SET_UP, (teaches,)),
    Permission.EXCUSES_READ: (*_WATCHING, (leads,), (teaches,), (guards, consented), (is_self, consented)),
    Permission.EXCUSE_SET: ((leads,), (role("medic"), of_illness), (role("secretary"), of_no_illness)),
    Permission.ILLNESS_READ: ((role("director", "medic"),), (_DEPUTY,), (leads,), (guards,), (is_self,)),
    Permission.PERIOD_MARK_SET: ((teaches,),),
    Permission.PERIOD_CLOSE: _SET_UP,
    Permission.DIARY_READ: (*_ADMINISTRATION, (leads,), (guards, consented), (is_self, consented)),
}
"""An illness is health (152-ФЗ art. 10): who runs the system is not among those who read of it."""

POLICY_VERSION = 2
"""Part of a page's ETag: moves when the table above does."""


def sees_illness(identity: Identity, facts: Facts) -> bool:
    """Whether Б is shown; everyone else reads УП."""
    return allows(POLICY, Permission.ILLNESS_READ, identity, facts)
