"""Who may do what in reports: permission -> any of (all of predicates)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from services.common.identity import Identity
from services.common.policy import HoldsRoleOverClass, Policy, role


class Permission(StrEnum):
    SELF_READ = "SELF_READ"
    FORMS_READ = "FORMS_READ"
    REPORT_LIST = "REPORT_LIST"
    CLASS_REPORT = "CLASS_REPORT"


@dataclass(frozen=True)
class Facts:
    """How the viewer stands to the class in question, today."""

    leads: bool = False
    classes: frozenset[uuid.UUID] = frozenset()
    """That class."""


def leads(_: Identity, facts: Facts) -> bool:
    return facts.leads


def is_staff(identity: Identity, _: Facts) -> bool:
    return "staff" in identity.kinds or bool(identity.roles)


def anybody(_: Identity, __: Facts) -> bool:
    return True


POLICY: Policy = {
    Permission.SELF_READ: ((anybody,),),
    Permission.FORMS_READ: ((is_staff,),),
    Permission.REPORT_LIST: ((is_staff,),),
    Permission.CLASS_REPORT: ((role("director", "administrator"),), (HoldsRoleOverClass(("deputy",)),), (leads,)),
}
