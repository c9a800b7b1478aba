"""Who may do what in journal: permission -> any of (all of predicates)."""

from __future__ import annotations

from enum import StrEnum

from services.common.policy import Policy


class Permission(StrEnum):
    """What a route of journal may ask for."""


POLICY: Policy = {}
