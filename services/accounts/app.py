"""accounts over HTTP."""

from __future__ import annotations

import flask

from services.accounts.credentials.api import blp as credentials
from services.accounts.edge import Accounts
from services.accounts.introspection.api import blp as introspection
from services.accounts.me.api import blp as me
from services.accounts.sessions.api import blp as sessions
from services.common import app

BLUEPRINTS = (sessions, me, credentials, introspection)


def create_app(service: Accounts) -> flask.Flask:
    """The WSGI application of accounts."""
    return app.create_app(service, "Zhurnal: accounts", BLUEPRINTS)
