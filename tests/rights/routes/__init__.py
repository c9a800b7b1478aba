"""For every route a valid request, or several; a route that has none fails `test_routes.py`."""

from __future__ import annotations

from tests.rights.request import Request
from tests.rights.routes.accounts import ACCOUNTS
from tests.rights.routes.journal import JOURNAL
from tests.rights.routes.notifications import NOTIFICATIONS
from tests.rights.routes.register import REGISTER
from tests.rights.routes.reports import REPORTS

REQUESTS: tuple[Request, ...] = (*ACCOUNTS, *REGISTER, *JOURNAL, *REPORTS, *NOTIFICATIONS)
