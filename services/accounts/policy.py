"""Who may do what in accounts: a table of predicates, each a pure statement about viewer and object."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from services.common.identity import Identity
from services.common.policy import HoldsRole, Policy, role


class Permission(StrEnum):
    OWN_SESSIONS = "OWN_SESSIONS"
    SELF_READ = "SELF_READ"
    SIGN_IN_POLICY = "SIGN_IN_POLICY"
    SIGN_INS_READ = "SIGN_INS_READ"
    SECOND_FACTOR_END = "SECOND_FACTOR_END"
    CREDENTIALS_ISSUE = "CREDENTIALS_ISSUE"
    ACCESS_READ = "ACCESS_READ"
    ACCESS_HAND_OVER = "ACCESS_HAND_OVER"
    ROLES_READ = "ROLES_READ"
    ROLES_EDIT = "ROLES_EDIT"
    CONSENTS_READ = "CONSENTS_READ"
    CONSENTS_EDIT = "CONSENTS_EDIT"
    CONSENTS_DISPUTE = "CONSENTS_DISPUTE"
    CONSENT_SIGN = "CONSENT_SIGN"


@dataclass(frozen=True)
class PersonFacts:
    """Whom a code is for."""

    family: bool
    """A pupil or a guardian who neither works here nor holds a role."""


@dataclass(frozen=True)
class ClassFacts:
    """A class, and how the viewer stands to it."""

    class_id: uuid.UUID | None = None
    leads: frozenset[uuid.UUID] = frozenset()
    """Classes the viewer leads today."""


@dataclass(frozen=True)
class AccessFacts(ClassFacts):
    """Of whom it is asked whether they have been let in: a class with its families, or the staff."""

    family: bool = True


@dataclass(frozen=True)
class ConsentFacts(ClassFacts):
    """Whose decision it is, and how the viewer stands to the pupil of the class."""

    signer_id: uuid.UUID | None = None
    may_sign: bool = False
    """The viewer guards the pupil today, or is the pupil and 14."""


@dataclass(frozen=True)
class HoldsRoleOverClass(HoldsRole):
    """Holds the role for the whole school or for the class in question."""

    def __call__(self, identity: Identity, facts: ClassFacts) -> bool:
        return any(held.classes is None or facts.class_id in held.classes for held in self.held_by(identity))


def anybody(identity: Identity, facts: object) -> bool:  # noqa: ARG001 - the signature of a predicate
    """Everybody who is signed in, about himself."""
    return True


def is_of_family(identity: Identity, facts: PersonFacts | AccessFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.family


def leads_class(identity: Identity, facts: ClassFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.class_id is not None and facts.class_id in facts.leads


def is_signer(identity: Identity, facts: ConsentFacts) -> bool:
    return facts.signer_id == identity.person_id


def may_sign(identity: Identity, facts: ConsentFacts) -> bool:
    return facts.may_sign and is_signer(identity, facts)


_OFFICE = (
    (role("administrator"),),
    (HoldsRoleOverClass(("deputy",)),),
    (leads_class,),
)

POLICY: Policy = {
    Permission.OWN_SESSIONS: ((anybody,),),
    Permission.SELF_READ: ((anybody,),),
    Permission.SIGN_IN_POLICY: ((role("administrator"),),),
    Permission.SIGN_INS_READ: ((role("administrator"),),),
    Permission.SECOND_FACTOR_END: ((role("administrator"),),),
    Permission.CREDENTIALS_ISSUE: ((role("administrator"),), (role("secretary"), is_of_family)),
    Permission.ACCESS_READ: (*_OFFICE, (role("director"),), (role("secretary"), is_of_family)),
    Permission.ACCESS_HAND_OVER: ((role("administrator"),), (leads_class,), (role("secretary"), is_of_family)),
    Permission.ROLES_READ: ((role("administrator", "director", "deputy"),),),
    Permission.ROLES_EDIT: ((role("administrator"),),),
    Permission.CONSENTS_READ: (*_OFFICE, (role("director", "secretary"),), (is_signer,)),
    Permission.CONSENTS_EDIT: _OFFICE,
    Permission.CONSENTS_DISPUTE: ((role("administrator"),), (HoldsRoleOverClass(("deputy",)),)),
    Permission.CONSENT_SIGN: ((may_sign,),),
}
