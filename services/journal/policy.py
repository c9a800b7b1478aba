"""Who may do what in journal: permission -> any of (all of predicates).

Roles and rights follow the school's work plan: the class teacher reads every journal of the class and writes in
none; the administration reads all; marks are written by who teaches the course today. Staff need no consent
(273-ФЗ art. 28); a family reads a diary by the guardian's or the grown pupil's own consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.common.identity import Identity
from services.common.policy import Policy, Predicate, role


class Permission(StrEnum):
    """What a route of journal may ask for."""

    SETUP_READ = "SETUP_READ"
    SETUP_WRITE = "SETUP_WRITE"
    PEOPLE_READ = "PEOPLE_READ"
    PEOPLE_WRITE = "PEOPLE_WRITE"
    CARD_VIEWS_READ = "CARD_VIEWS_READ"
    STAFF_WRITE = "STAFF_WRITE"
    IMPORT = "IMPORT"
    CLASS_READ = "CLASS_READ"
    COURSE_LIST = "COURSE_LIST"
    JOURNAL_PAGE_READ = "JOURNAL_PAGE_READ"
    MARK_SET = "MARK_SET"
    LESSON_PLAN = "LESSON_PLAN"
    EXCUSE_SET = "EXCUSE_SET"
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


def is_staff(identity: Identity, _: Facts) -> bool:
    return "staff" in identity.kinds or bool(identity.roles)


def anybody(_: Identity, __: Facts) -> bool:
    return True


administration: Predicate = role("director", "deputy", "administrator")
office: Predicate = role("administrator", "secretary")
set_up: Predicate = role("administrator", "deputy")
watching: Predicate = role("director", "deputy", "administrator", "secretary", "medic")

POLICY: Policy = {
    Permission.SETUP_READ: ((anybody,),),
    Permission.SETUP_WRITE: ((set_up,),),
    Permission.PEOPLE_READ: ((watching,), (leads,)),
    Permission.PEOPLE_WRITE: ((office,),),
    Permission.CARD_VIEWS_READ: ((role("director", "administrator"),),),
    Permission.STAFF_WRITE: ((role("administrator"),),),
    Permission.IMPORT: ((office,),),
    Permission.CLASS_READ: ((watching,), (leads,), (teaches,)),
    Permission.COURSE_LIST: ((administration,), (teaches,), (leads,)),
    Permission.JOURNAL_PAGE_READ: ((administration,), (teaches,), (leads,)),
    Permission.MARK_SET: ((teaches,),),
    Permission.LESSON_PLAN: ((set_up,), (teaches,)),
    Permission.EXCUSE_SET: ((leads,), (role("medic"),)),
    Permission.PERIOD_MARK_SET: ((teaches,),),
    Permission.PERIOD_CLOSE: ((set_up,),),
    Permission.DIARY_READ: ((administration,), (leads,), (guards, consented), (is_self, consented)),
}

POLICY_VERSION = 1
"""Part of a page's ETag: moves when the table above does."""


def sees_illness(identity: Identity, facts: Facts) -> bool:
    """Class teacher, medic, administration and the family itself read Б; everyone else УП."""
    return (
        facts.leads
        or facts.guards
        or facts.is_self
        or identity.has_role("director", "deputy", "administrator", "medic")
    )
