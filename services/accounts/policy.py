"""Who may do what in accounts: a table of predicates, each a pure statement about viewer and object."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from services.common.identity import Identity
from services.common.policy import HoldsRoleOverClass, Policy, role


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
    DUTIES_READ = "DUTIES_READ"
    CONSENTS_READ = "CONSENTS_READ"
    CONSENTS_REGISTER = "CONSENTS_REGISTER"
    CONSENTS_EDIT = "CONSENTS_EDIT"
    CONSENTS_DISPUTE = "CONSENTS_DISPUTE"
    CONSENT_WITHDRAW = "CONSENT_WITHDRAW"
    CONSENT_SIGN = "CONSENT_SIGN"
    DOCUMENTS_READ = "DOCUMENTS_READ"
    DOCUMENTS_ACCEPT = "DOCUMENTS_ACCEPT"
    DOCUMENTS_READERS = "DOCUMENTS_READERS"
    DOCUMENTS_EDIT = "DOCUMENTS_EDIT"
    CONSENT_FORMS_READ = "CONSENT_FORMS_READ"
    CONSENT_FORMS_EDIT = "CONSENT_FORMS_EDIT"
    PRIVACY_ASK = "PRIVACY_ASK"
    PRIVACY_READ = "PRIVACY_READ"
    PRIVACY_WITHDRAW = "PRIVACY_WITHDRAW"
    PRIVACY_ANSWER = "PRIVACY_ANSWER"
    PRIVACY_COPY = "PRIVACY_COPY"
    WORKING_DAYS_READ = "WORKING_DAYS_READ"
    WORKING_DAYS_EDIT = "WORKING_DAYS_EDIT"
    RETENTION_READ = "RETENTION_READ"
    RETENTION_EDIT = "RETENTION_EDIT"
    RETENTION_APPROVE = "RETENTION_APPROVE"


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

    @property
    def classes(self) -> frozenset[uuid.UUID]:
        return frozenset() if self.class_id is None else frozenset({self.class_id})


@dataclass(frozen=True)
class AccessFacts(ClassFacts):
    """Of whom it is asked whether they have been let in: a class with its families, or the staff."""

    family: bool = True


@dataclass(frozen=True)
class DocumentFacts:
    """A document of the school."""

    meant: bool
    """It asks people like the viewer to accept it."""


@dataclass(frozen=True)
class ConsentFacts(ClassFacts):
    """Whose decision it is, and how the viewer stands to the pupil of the class."""

    signer_id: uuid.UUID | None = None
    may_sign: bool = False
    """The viewer guards the pupil today, or is the pupil and 14."""


@dataclass(frozen=True)
class PrivacyFacts:
    """A request about personal data, and how the viewer stands to it."""

    speaks: bool = False
    """The viewer is whom it is about, or looks after that pupil today."""
    requester: bool = False
    handed_over: bool = False
    """What is stored was gathered and given to who asked."""


@dataclass(frozen=True)
class RoleFacts:
    """A role of the institution that is given or ended."""

    kind: str
    own: bool = False
    """The viewer would give it to herself."""
    director_in_office: bool = True


def anybody(identity: Identity, facts: object) -> bool:  # noqa: ARG001 - the signature of a predicate
    """Everybody who is signed in, about himself."""
    return True


def is_of_family(identity: Identity, facts: PersonFacts | AccessFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.family


def leads_class(identity: Identity, facts: ClassFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.class_id is not None and facts.class_id in facts.leads


def is_meant(identity: Identity, facts: DocumentFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.meant


def is_signer(identity: Identity, facts: ConsentFacts) -> bool:
    return facts.signer_id == identity.person_id


def may_sign(identity: Identity, facts: ConsentFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.may_sign


def speaks_for(identity: Identity, facts: PrivacyFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.speaks


def is_requester(identity: Identity, facts: PrivacyFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.requester


def is_handed_over(identity: Identity, facts: PrivacyFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return facts.handed_over


def is_anothers(identity: Identity, facts: RoleFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    return not facts.own


def is_within_administration(identity: Identity, facts: RoleFacts) -> bool:  # noqa: ARG001 - the signature of a predicate
    """Who appoints a director stands above the school; an administrator writes down the first one only."""
    return facts.kind != "director" or not facts.director_in_office


_OFFICE = (
    (role("administrator"),),
    (HoldsRoleOverClass(("deputy",)),),
    (leads_class,),
)

_REGISTER = (*_OFFICE, (role("director", "secretary"),))

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
    Permission.ROLES_EDIT: (
        (role("director"), is_anothers),
        (role("administrator"), is_anothers, is_within_administration),
    ),
    Permission.DUTIES_READ: ((role("administrator", "director", "deputy"),),),
    Permission.CONSENTS_READ: (*_REGISTER, (is_signer,)),
    Permission.CONSENTS_REGISTER: _REGISTER,
    Permission.CONSENTS_EDIT: _OFFICE,
    Permission.CONSENTS_DISPUTE: ((role("administrator"),), (HoldsRoleOverClass(("deputy",)),)),
    Permission.CONSENT_WITHDRAW: (*_OFFICE, (is_signer,)),
    Permission.CONSENT_SIGN: ((may_sign, is_signer),),
    Permission.CONSENT_FORMS_READ: ((anybody,),),
    Permission.CONSENT_FORMS_EDIT: ((role("administrator"),),),
    Permission.DOCUMENTS_READ: ((anybody,),),
    Permission.DOCUMENTS_ACCEPT: ((is_meant,),),
    Permission.DOCUMENTS_READERS: (*_OFFICE, (role("director"),)),
    Permission.DOCUMENTS_EDIT: ((role("administrator"),),),
    Permission.PRIVACY_ASK: ((speaks_for,), (role("administrator", "secretary"),)),
    Permission.PRIVACY_READ: ((role("administrator", "director", "secretary"),), (is_requester, speaks_for)),
    Permission.PRIVACY_WITHDRAW: ((role("administrator", "secretary"),), (is_requester, speaks_for)),
    Permission.PRIVACY_ANSWER: ((role("administrator", "director"),),),
    Permission.PRIVACY_COPY: ((role("director"),), (is_requester, speaks_for, is_handed_over)),
    Permission.WORKING_DAYS_READ: ((role("administrator", "director", "secretary"),),),
    Permission.WORKING_DAYS_EDIT: ((role("administrator"),),),
    Permission.RETENTION_READ: ((role("administrator", "director"),),),
    Permission.RETENTION_EDIT: ((role("administrator"),),),
    Permission.RETENTION_APPROVE: ((role("director"),),),
}
