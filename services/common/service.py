"""What one service is made of in a process: settings, database, who is asked, who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from services.common.clients import InternalClient
from services.common.config import Settings
from services.common.db import Database
from services.common.identity import Authenticator, Identity, identity_from, polling
from services.common.policy import Policy


@dataclass
class Service:
    """The composition root's result; rooms get what they need of it as arguments."""

    settings: Settings
    database: Database
    client: InternalClient
    authenticator: Authenticator
    policy: Policy
    closers: list[Callable[[], None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.settings.service

    def start(self) -> None:
        """Refuses a database or a role that this process must not use.

        Keeps no connection: whatever starts a service forks after this, and a connection that two processes speak
        over gives each the other's answers.
        """
        self.database.check_role()
        self.database.check_environment(self.settings.environment)
        self.database.dispose()

    def close(self) -> None:
        """Gives back connections."""
        for closer in self.closers:
            closer()
        self.database.dispose()


def asks_accounts(client: InternalClient) -> Callable[[str], Identity | None]:
    """The question "who is this token" put to accounts."""

    def ask(token: str) -> Identity | None:
        question = {"token": token, "poll": polling.get()}
        answer = client.post("accounts", "/internal/accounts/v1/introspect", question)
        return identity_from(answer) if answer.get("active") else None

    return ask


def built_with(
    policy: Policy, settings: Settings, database: Database | None = None, client: InternalClient | None = None
) -> Service:
    """A service that asks accounts who a bearer is; tests and the all-in-one form hand in what they share."""
    client = client or InternalClient(settings)
    return Service(
        settings=settings,
        database=database or Database(settings.database_url),
        client=client,
        authenticator=Authenticator(asks_accounts(client)),
        policy=policy,
    )
