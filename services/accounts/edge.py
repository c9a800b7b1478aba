"""What views of accounts reach beside `viewer()` and `transaction()`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import flask
from sqlalchemy.orm import Session

from services.accounts.relations import Relations, RelationsCache
from services.accounts.sessions.queries import current_session
from services.accounts.sessions.rules import CONFIRMED, forwarded_for
from services.accounts.sessions.sign_in import Door
from services.common.app import (
    bearer_token,
    current_request_id,
    shown_service_token,
    this_service,
    viewer,
)
from services.common.clock import now
from services.common.db import Database, Scope
from services.common.problems import ForbiddenError
from services.common.service import Service


@dataclass
class Accounts(Service):
    """The service with what only accounts has."""

    quick: Database = field(kw_only=True)
    """For introspection: an answer that comes late is worth nothing."""
    relations: RelationsCache = field(kw_only=True)


def accounts() -> Accounts:
    """The service that answers."""
    return cast(Accounts, this_service())


@contextmanager
def internal_transaction(school_id: uuid.UUID) -> Iterator[Session]:
    """A unit of work that another service asked for, in the school it names."""
    scope = Scope(school_id=school_id, actor=f"service:{shown_service_token()}", request_id=current_request_id())
    with accounts().database.transaction(scope) as session:
        yield session


def door() -> Door:
    """Whose address the throttle counts: a forwarded one is believed beside web's own token only."""
    address = flask.request.remote_addr or ""
    if shown_service_token() == "web":
        address = forwarded_for(flask.request.headers.get("Forwarded", "")) or address
    return Door(address, accounts().settings.service_token)


def relations_of_viewer() -> Relations:
    """What the viewer teaches, leads and guards today, from journal. Raises UnavailableError."""
    return accounts().relations.of(viewer().school_id, viewer().person_id)


def require_confirmed(moment: dt.datetime | None = None) -> None:
    """Raises ForbiddenError when the password was last shown longer ago than ten minutes."""
    moment = moment or now()
    with accounts().database.read(Scope()) as session:
        confirmed_at = current_session(session, bearer_token(), moment).confirmed_at
    if moment - confirmed_at > CONFIRMED:
        raise ForbiddenError("Enter your password once more first.", code="confirm-password")
