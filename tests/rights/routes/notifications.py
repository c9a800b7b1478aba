"""Routes of notifications."""

from __future__ import annotations

from typing import Any

from tests.rights.demonstration import demonstration
from tests.rights.request import Request

_DELAYS = {"mark_delay_minutes": 1, "absence_delay_minutes": 1}


def _notifications(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("notifications", permission, what, method, rule, path or rule, **more)


NOTIFICATIONS = (
    _notifications("SELF_READ", "oneself", "GET", "/permissions"),
    _notifications("DELIVERIES_READ", "the school", "GET", "/deliveries"),
    _notifications("ADDRESSES_READ", "the school", "GET", "/held-addresses"),
    _notifications(
        "ADDRESSES_EDIT",
        "an address",
        "POST",
        "/held-addresses/<uuid:held_id>/lift",
        "/held-addresses/{held_address}/lift",
    ),
    _notifications("SETTINGS_READ", "the school", "GET", "/settings"),
    _notifications("SETTINGS_EDIT", "the school", "PUT", "/settings", body=_DELAYS, headers={"If-Match": '"0"'}),
    _notifications("DEMO_MAILS_READ", "the sink", "GET", "/demo/mails", setting=demonstration),
    _notifications(
        "DEMO_MAILS_READ", "the sink", "GET", "/demo/mails/<mail_id>", "/demo/mails/{caught}", setting=demonstration
    ),
)
