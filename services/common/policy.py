"""Permissions as a table: permission -> any of (all of predicates). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from services.common.identity import Identity

Predicate = Callable[[Identity, Any], bool]
"""A statement about who looks and the facts of the object; facts are a dataclass of the service's own."""

Policy = Mapping[StrEnum, tuple[tuple[Predicate, ...], ...]]

PUBLIC = "public"
"""Declared by a route that asks nobody who they are."""


def allows(policy: Policy, permission: StrEnum, identity: Identity, facts: Any) -> bool:
    """Whether one alternative of the permission holds whole."""
    return any(all(holds(identity, facts) for holds in alternative) for alternative in policy[permission])


def role(*kinds: str) -> Predicate:
    """Holds a role of the institution of one of these kinds, whatever its scope."""

    def holds_role(identity: Identity, facts: Any) -> bool:  # noqa: ARG001 - the signature of a predicate
        return any(held.kind in kinds for held in identity.roles)

    holds_role.__name__ = f"role({', '.join(kinds)})"
    return holds_role
