"""All tables of accounts in one place, for migrations and for the test that compares both."""

from services.accounts.base import Base
from services.accounts.code_requests.models import CodeRequest
from services.accounts.consent_forms.models import ConsentForm, SchoolAsOperator
from services.accounts.consent_scans.models import ConsentScan, ScanContent
from services.accounts.consents.models import Consent, Dispute
from services.accounts.credentials.models import ActivationCode
from services.accounts.documents.models import Document, DocumentAcceptance, DocumentVersion
from services.accounts.identities.models import Account, Membership
from services.accounts.privacy_requests.models import PrivacyPart, PrivacyRequest
from services.accounts.register.models import Enrollment, Guardianship, Person, School
from services.accounts.retention.models import DestructionAct, DestructionPart, RetentionTerm
from services.accounts.roles.models import Role
from services.accounts.second_factors.models import RecoveryCode, SecondFactor
from services.accounts.sessions.models import KnownAddress, KnownDevice, SignInAttempt, SignInSession
from services.accounts.sign_in_policy.models import SignInPolicy
from services.accounts.sign_ins.models import SignInEvent
from services.accounts.working_days.models import OwnDay

__all__ = [
    "Account",
    "ActivationCode",
    "Base",
    "CodeRequest",
    "Consent",
    "ConsentForm",
    "ConsentScan",
    "DestructionAct",
    "DestructionPart",
    "Dispute",
    "Document",
    "DocumentAcceptance",
    "DocumentVersion",
    "Enrollment",
    "Guardianship",
    "KnownAddress",
    "KnownDevice",
    "Membership",
    "OwnDay",
    "Person",
    "PrivacyPart",
    "PrivacyRequest",
    "RecoveryCode",
    "RetentionTerm",
    "Role",
    "ScanContent",
    "School",
    "SchoolAsOperator",
    "SecondFactor",
    "SignInAttempt",
    "SignInEvent",
    "SignInPolicy",
    "SignInSession",
]
