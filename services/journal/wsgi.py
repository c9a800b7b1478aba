"""`gunicorn services.journal.wsgi:application`: this service alone, the separate form."""

from __future__ import annotations

import os

from services.common.config import settings_from
from services.common.logging import configure_logging
from services.journal.app import create_app
from services.journal.service import build

configure_logging("journal")
service = build(settings_from(os.environ, "journal"))
service.start()
application = create_app(service)
