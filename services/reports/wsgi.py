"""`gunicorn services.reports.wsgi:application`: this service alone, the separate form."""

from __future__ import annotations

import os

from services.common.config import settings_from
from services.common.logging import configure_logging
from services.reports.app import create_app
from services.reports.service import build

configure_logging("reports")
service = build(settings_from(os.environ, "reports"))
service.start()
application = create_app(service)
