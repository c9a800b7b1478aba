"""What views ask of the door: who knocks, and was the password shown lately."""

from __future__ import annotations

import datetime as dt

import flask

from services.accounts.edge import accounts
from services.accounts.identities.models import Account
from services.accounts.identities.queries import account_by_id
from services.accounts.sessions.commands import Device
from services.accounts.sessions.queries import current_session
from services.accounts.sessions.rules import CONFIRMED, forwarded_for
from services.accounts.sessions.visits import Door, Visit
from services.common.app import bearer_token, current_request_id, shown_service_token
from services.common.clock import now
from services.common.db import Scope
from services.common.problems import ForbiddenError


def door() -> Door:
    """Whose address the throttle counts: a forwarded one is believed beside web's own token only."""
    address = flask.request.remote_addr or ""
    if shown_service_token() == "web":
        address = forwarded_for(flask.request.headers.get("Forwarded", "")) or address
    return Door(address, accounts().settings.service_token)


def visit(device: Device) -> Visit:
    """Who knocks, on a device as it describes itself."""
    service = accounts()
    return Visit(service.database, service.vault, door(), now(), current_request_id(), device)


def own_visit() -> tuple[Visit, Account]:
    """The bearer at the door once more, on the device of the session. Raises NotSignedInError."""
    moment = now()
    with accounts().database.read(Scope()) as session:
        mine = current_session(session, bearer_token(), moment)
        account = account_by_id(session, mine.account_id)
    return visit(Device(name=mine.device_name)), account


def require_confirmed(moment: dt.datetime | None = None) -> None:
    """Raises ForbiddenError when the password was last shown longer ago than ten minutes."""
    moment = moment or now()
    with accounts().database.read(Scope()) as session:
        confirmed_at = current_session(session, bearer_token(), moment).confirmed_at
    if moment - confirmed_at > CONFIRMED:
        raise ForbiddenError("Enter your password once more first.", code="confirm-password")
