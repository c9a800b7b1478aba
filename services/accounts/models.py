"""All tables of accounts in one place, for migrations and for the test that compares both."""

from services.accounts.base import Base
from services.accounts.consent_forms.models import ConsentForm, SchoolAsOperator
from services.accounts.consent_scans.models import ConsentScan, ScanContent
from services.accounts.consents.models import Consent, Dispute
from services.accounts.credentials.models import ActivationCode
from services.accounts.documents.models import Document, DocumentAcceptance, DocumentVersion
from services.accounts.identities.models import Account, Membership
from services.accounts.register.models import Enrollment, Guardianship, Person, School
from services.accounts.roles.models import Role
from services.accounts.sessions.models import KnownDevice, SignInAttempt, SignInSession

__all__ = [
    "Account",
    "ActivationCode",
    "Base",
    "Consent",
    "ConsentForm",
    "ConsentScan",
    "Dispute",
    "Document",
    "DocumentAcceptance",
    "DocumentVersion",
    "Enrollment",
    "Guardianship",
    "KnownDevice",
    "Membership",
    "Person",
    "Role",
    "ScanContent",
    "School",
    "SchoolAsOperator",
    "SignInAttempt",
    "SignInSession",
]
