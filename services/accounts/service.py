"""The composition root of accounts."""

from __future__ import annotations

from services.accounts import models  # noqa: F401 - a worker writes rows whose references it never reads
from services.accounts.edge import Accounts
from services.accounts.introspection.queries import introspect
from services.accounts.policy import POLICY
from services.accounts.relations import RelationsCache
from services.common.clients import InternalClient
from services.common.clock import now
from services.common.config import ConfigurationError, Settings
from services.common.db import DATABASE_GONE, Database, Scope
from services.common.identity import Authenticator, Identity, ServiceSilentError, polling
from services.common.vault import Vault


def build(settings: Settings, database: Database | None = None, client: InternalClient | None = None) -> Accounts:
    """Accounts as one process runs it. It asks its own rows who a bearer is, on connections of their own with
    a short limit, so that a slow answer is none: whoever asks has a second in all. Raises ConfigurationError."""
    if not settings.encryption_secrets:
        raise ConfigurationError("ACCOUNTS_ENCRYPTION_SECRETS is not set")
    database = database or Database(settings.database_url)
    client = client or InternalClient(settings)
    limit = settings.introspection_seconds
    quick = Database(
        settings.database_url, pool_size=4, pool_wait=0.6 * limit, statement_timeout=f"{limit * 1000:.0f}ms"
    )

    def ask(token: str) -> Identity | None:
        try:
            with quick.transaction(Scope()) as session:
                found = introspect(session, token, polling.get(), now())
        except DATABASE_GONE as error:
            raise ServiceSilentError("accounts") from error
        return found.identity if found else None

    return Accounts(
        settings=settings,
        database=database,
        client=client,
        authenticator=Authenticator(ask),
        policy=POLICY,
        closers=[quick.dispose],
        quick=quick,
        relations=RelationsCache(client),
        vault=Vault(settings.encryption_secrets),
    )
