"""The list of duties: who of the school answers for what on a day. Pure.

Row 1.1 of a school's yearly plan: the director distributes duties by an order, to which this list is an appendix.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.accounts.roles.rules import RoleKind

_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (RoleKind.DIRECTOR, RoleKind.DEPUTY, RoleKind.ADMINISTRATOR, RoleKind.SECRETARY, RoleKind.MEDIC)
    )
}


@dataclass(frozen=True)
class Scope:
    """A class to which a deputy's role is limited."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Held:
    """A role of the institution as the list shows it."""

    id: uuid.UUID
    person_id: uuid.UUID
    kind: str
    classes: Sequence[Scope] | None
    directions: Sequence[str] | None
    from_on: dt.date
    to_on: dt.date | None
    order_number: str
    order_date: dt.date | None


@dataclass(frozen=True)
class Duty:
    """Everything that one person answers for."""

    person_id: uuid.UUID
    name: str
    position: str = ""
    roles: list[Held] = field(default_factory=list)
    leads: list[Mapping[str, Any]] = field(default_factory=list)
    """Terms of journal: class_id, class_name, from, to."""
    teaches: list[Mapping[str, Any]] = field(default_factory=list)
    """The same with course_id, subject, kind."""


def joined(roles: Iterable[Held], names: Mapping[uuid.UUID, str], staff: Iterable[Mapping[str, Any]]) -> list[Duty]:
    """One entry for each who holds a role or works in the school, the administration first.

    `names`: of those who hold roles; `staff`: journal's answer, in the order of lists.
    """
    found = {
        uuid.UUID(one["person_id"]): Duty(
            uuid.UUID(one["person_id"]), one["name"], one["position"], [], list(one["leads"]), list(one["teaches"])
        )
        for one in staff
    }
    for role in roles:
        duty = found.setdefault(role.person_id, Duty(role.person_id, names.get(role.person_id, "")))
        duty.roles.append(role)
    for duty in found.values():
        duty.roles.sort(key=lambda role: (_RANK[RoleKind(role.kind)], role.from_on))
    return sorted(found.values(), key=_rank)


def _rank(duty: Duty) -> int:
    return min((_RANK[RoleKind(role.kind)] for role in duty.roles), default=len(_RANK))
