"""accounts over HTTP."""

from __future__ import annotations

import flask

from services.accounts.access.api import blp as access
from services.accounts.consents.api import blp as consents
from services.accounts.consents.api import internal_blp as consents_internal
from services.accounts.credentials.api import blp as credentials
from services.accounts.introspection.api import blp as introspection
from services.accounts.me.api import blp as me
from services.accounts.passwords.api import blp as passwords
from services.accounts.roles.api import blp as roles
from services.accounts.second_factors.api import blp as second_factors
from services.accounts.sessions.api import blp as sessions
from services.accounts.sign_in_policy.api import blp as sign_in_policy
from services.accounts.sign_ins.api import blp as sign_ins
from services.accounts.slips.api import blp as slips
from services.common import app
from services.common.service import Service

BLUEPRINTS = (
    sessions, passwords, second_factors, sign_ins, sign_in_policy, me, credentials, slips, access, roles, consents,
    consents_internal, introspection,
)  # fmt: skip


def create_app(service: Service) -> flask.Flask:
    """The WSGI application of accounts."""
    return app.create_app(service, "Zhurnal: accounts", BLUEPRINTS)
