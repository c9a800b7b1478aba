"""accounts over HTTP."""

from __future__ import annotations

import flask

from services.accounts.access.api import blp as access
from services.accounts.consent_forms.api import blp as consent_forms
from services.accounts.consent_register.api import blp as consent_register
from services.accounts.consent_scans.api import blp as consent_scans
from services.accounts.consent_sheets.api import blp as consent_sheets
from services.accounts.consents.api import blp as consents
from services.accounts.consents.api import internal_blp as consents_internal
from services.accounts.credentials.api import blp as credentials
from services.accounts.documents.api import blp as documents
from services.accounts.documents.public import blp as public_documents
from services.accounts.duties.api import blp as duties
from services.accounts.introspection.api import blp as introspection
from services.accounts.me.api import blp as me
from services.accounts.passwords.api import blp as passwords
from services.accounts.privacy_requests.api import blp as privacy_requests
from services.accounts.privacy_requests.api import internal_blp as privacy_requests_internal
from services.accounts.privacy_requests.files import blp as privacy_copies
from services.accounts.retention.api import blp as retention
from services.accounts.retention.api import internal_blp as destructions
from services.accounts.roles.api import blp as roles
from services.accounts.second_factors.api import blp as second_factors
from services.accounts.sessions.api import blp as sessions
from services.accounts.sign_in_policy.api import blp as sign_in_policy
from services.accounts.sign_ins.api import blp as sign_ins
from services.accounts.slips.api import blp as slips
from services.accounts.working_days.api import blp as working_days
from services.common import app
from services.common.service import Service

BLUEPRINTS = (
    sessions,
    passwords,
    second_factors,
    sign_ins,
    sign_in_policy,
    me,
    credentials,
    slips,
    access,
    roles,
    duties,
    consents,
    consent_forms,
    consent_register,
    consent_sheets,
    consent_scans,
    consents_internal,
    documents,
    public_documents,
    privacy_requests,
    privacy_copies,
    privacy_requests_internal,
    working_days,
    retention,
    destructions,
    introspection,
)


def create_app(service: Service) -> flask.Flask:
    """The WSGI application of accounts."""
    return app.create_app(service, "Zhurnal: accounts", BLUEPRINTS)
