"""`gunicorn services.notifications.wsgi:application`: this service alone, the separate form."""

from __future__ import annotations

import os

from services.common.config import settings_from
from services.common.logging import configure_logging
from services.notifications.app import create_app
from services.notifications.service import build

configure_logging("notifications")
service = build(settings_from(os.environ, "notifications"))
service.start()
application = create_app(service)
