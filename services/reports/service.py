"""What the reports service is made of."""

from __future__ import annotations

from services.common.clients import InternalClient
from services.common.config import Settings
from services.common.db import Database
from services.common.service import Service, built_with
from services.reports.policy import POLICY


def build(settings: Settings, database: Database | None = None, client: InternalClient | None = None) -> Service:
    """The service with its settings."""
    return built_with(POLICY, settings, database, client)
