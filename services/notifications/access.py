"""The door to what has no object of its own."""

from __future__ import annotations

from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError
from services.notifications.policy import POLICY, Permission


def require(identity: Identity, permission: Permission) -> None:
    """Raises ForbiddenError."""
    if not allows(POLICY, permission, identity, None):
        raise ForbiddenError
