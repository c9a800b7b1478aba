"""Permissions as a table: permission -> any of (all of predicates). Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from services.common.identity import Identity, Role

Predicate = Callable[[Identity, Any], bool]
"""A statement about who looks and the facts of the object; facts are a dataclass of the service's own."""

Policy = Mapping[StrEnum, tuple[tuple[Predicate, ...], ...]]

PUBLIC = "public"
"""Declared by a route that asks nobody who they are."""


def allows(policy: Policy, permission: StrEnum, identity: Identity, facts: Any) -> bool:
    """Whether one alternative of the permission holds whole."""
    return any(all(holds(identity, facts) for holds in alternative) for alternative in policy[permission])


@dataclass(frozen=True)
class HoldsRole:
    """Holds a role of the institution of one of these kinds, whatever its scope."""

    kinds: tuple[str, ...]

    def __call__(self, identity: Identity, facts: Any) -> bool:  # noqa: ARG002 - the signature of a predicate
        return bool(self.held_by(identity))

    def held_by(self, identity: Identity) -> list[Role]:
        return [held for held in identity.roles if held.kind in self.kinds]


class OfClasses(Protocol):
    """Facts about something that belongs to classes; to none, where it is the whole school's."""

    @property
    def classes(self) -> frozenset[uuid.UUID]: ...


@dataclass(frozen=True)
class HoldsRoleOverClass(HoldsRole):
    """Holds the role for the whole school, or for one of the classes that the object belongs to."""

    def __call__(self, identity: Identity, facts: OfClasses) -> bool:
        return any(held.classes is None or held.classes & facts.classes for held in self.held_by(identity))


def role(*kinds: str) -> Predicate:
    """Holds a role of the institution of one of these kinds, whatever its scope."""
    return HoldsRole(kinds)


def extents(policy: Policy, identity: Identity, related: Callable[[Predicate], bool]) -> dict[str, str]:
    """Each permission this person has: `all` through a role without scope alone, else `some`.

    `related(predicate)` says whether a predicate that is no role has any object for this person today.
    """
    found: dict[str, str] = {}
    for permission, alternatives in policy.items():
        extent = {_extent(alternative, identity, related) for alternative in alternatives}
        if extent - {""}:
            found[str(permission)] = "all" if "all" in extent else "some"
    return found


def _extent(alternative: tuple[Predicate, ...], identity: Identity, related: Callable[[Predicate], bool]) -> str:
    roles = [predicate for predicate in alternative if isinstance(predicate, HoldsRole)]
    others = [predicate for predicate in alternative if not isinstance(predicate, HoldsRole)]
    if not all(predicate.held_by(identity) for predicate in roles):
        return ""
    if others:
        return "some" if all(related(predicate) for predicate in others) else ""
    unlimited = all(
        any(held.classes is None and held.directions is None for held in predicate.held_by(identity))
        for predicate in roles
    )
    return "all" if unlimited else "some"
