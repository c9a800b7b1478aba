"""The pages as a WSGI application of their own: the separate form."""

from __future__ import annotations

import os

from services.common.logging import configure_logging
from services.web.app import create_app
from services.web.config import settings_from

configure_logging("web")
application = create_app(settings_from(os.environ))
