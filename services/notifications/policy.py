"""Who may do what in notifications: permission -> any of (all of predicates)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from services.common.identity import Identity
from services.common.policy import Policy, role


class Permission(StrEnum):
    SELF_READ = "SELF_READ"
    DELIVERIES_READ = "DELIVERIES_READ"
    ADDRESSES_READ = "ADDRESSES_READ"
    ADDRESSES_EDIT = "ADDRESSES_EDIT"
    SETTINGS_READ = "SETTINGS_READ"
    SETTINGS_EDIT = "SETTINGS_EDIT"
    DEMO_MAILS_READ = "DEMO_MAILS_READ"


def anybody(identity: Identity, facts: Any) -> bool:  # noqa: ARG001 - the signature of a predicate
    return True


_ADMINISTRATOR = ((role("administrator"),),)

POLICY: Policy = {
    Permission.SELF_READ: ((anybody,),),
    Permission.DELIVERIES_READ: _ADMINISTRATOR,
    Permission.ADDRESSES_READ: _ADMINISTRATOR,
    Permission.ADDRESSES_EDIT: _ADMINISTRATOR,
    Permission.SETTINGS_READ: ((role("administrator", "director", "deputy"),),),
    Permission.SETTINGS_EDIT: _ADMINISTRATOR,
    Permission.DEMO_MAILS_READ: _ADMINISTRATOR,
}
