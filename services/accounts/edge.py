"""What views of accounts reach beside `viewer()` and `transaction()`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy.orm import Session

from services.accounts.relations import Relations, RelationsCache
from services.common.app import (
    current_request_id,
    shown_service_token,
    this_service,
    viewer,
)
from services.common.db import Database, Scope
from services.common.service import Service
from services.common.vault import Vault


@dataclass
class Accounts(Service):
    """The service with what only accounts has."""

    quick: Database = field(kw_only=True)
    """For introspection: an answer that comes late is worth nothing."""
    relations: RelationsCache = field(kw_only=True)
    vault: Vault = field(kw_only=True)
    """Holds the secrets of second factors."""


def accounts() -> Accounts:
    """The service that answers."""
    return cast(Accounts, this_service())


@contextmanager
def internal_transaction(school_id: uuid.UUID) -> Iterator[Session]:
    """A unit of work that another service asked for, in the school it names."""
    scope = Scope(school_id=school_id, actor=f"service:{shown_service_token()}", request_id=current_request_id())
    with accounts().database.transaction(scope) as session:
        yield session


def relations_of_viewer() -> Relations:
    """What the viewer teaches, leads and guards today, from journal. Raises UnavailableError."""
    return accounts().relations.of(viewer().school_id, viewer().person_id)
