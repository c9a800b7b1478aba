"""What the reports service is made of."""

from __future__ import annotations

from services.common.clients import InternalClient
from services.common.config import Settings
from services.common.db import Database
from services.common.identity import Authenticator
from services.common.service import Service, asks_accounts
from services.reports.policy import POLICY


def build(settings: Settings, database: Database | None = None, client: InternalClient | None = None) -> Service:
    """The service with its settings; tests and the all-in-one form hand in their own database or client."""
    client = client or InternalClient(settings)
    return Service(
        settings=settings,
        database=database or Database(settings.database_url),
        client=client,
        authenticator=Authenticator(asks_accounts(client)),
        policy=POLICY,
    )
