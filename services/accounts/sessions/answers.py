"""The answer to whoever has just come in, the same at sign-in, activation and change of school."""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.accounts.sessions.commands import Device
from services.accounts.sessions.sign_in import SignedIn


def signed_in_answer(signed: SignedIn, now: dt.datetime) -> dict[str, Any]:
    """As `SignedInOut` says."""
    return {
        "token": signed.token,
        "expires_in": int((signed.expires_at - now).total_seconds()),
        "person": {"id": signed.person_id, "name": signed.person_name},
        "school": signed.school,
        "schools": signed.schools,
    }


def device_of(given: dict[str, Any] | None) -> Device:
    """The device a client described, or one it said nothing of."""
    return Device(**(given or {}))
