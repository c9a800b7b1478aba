"""`gunicorn services.accounts.wsgi:application`: this service alone, the separate form."""

from __future__ import annotations

import os

from services.accounts.app import create_app
from services.accounts.service import build
from services.common.config import settings_from
from services.common.logging import configure_logging

configure_logging("accounts")
service = build(settings_from(os.environ, "accounts"))
service.start()
application = create_app(service)
