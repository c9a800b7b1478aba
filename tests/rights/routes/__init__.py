"""For every route a valid request, or several; a route that has none fails `test_routes.py`."""

from __future__ import annotations

from tests.rights.request import Request
from tests.rights.routes.accounts import ACCOUNTS
from tests.rights.routes.consents import CONSENTS
from tests.rights.routes.journal import JOURNAL
from tests.rights.routes.notifications import NOTIFICATIONS
from tests.rights.routes.privacy import PRIVACY
from tests.rights.routes.register import REGISTER
from tests.rights.routes.reports import REPORTS
from tests.rights.routes.signing_in import SIGNING_IN

REQUESTS: tuple[Request, ...] = (
    *ACCOUNTS,
    *SIGNING_IN,
    *CONSENTS,
    *PRIVACY,
    *REGISTER,
    *JOURNAL,
    *REPORTS,
    *NOTIFICATIONS,
)
