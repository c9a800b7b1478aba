"""People as policies see them, for properties."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from hypothesis import strategies as st

from services.common.identity import Identity, Role

KINDS = ("director", "deputy", "administrator", "secretary", "medic")

identities = st.lists(st.sampled_from(KINDS).map(Role), max_size=3)
"""The roles of somebody, of the whole school."""


def identity(roles: Sequence[Role], kinds: frozenset[str] = frozenset({"staff"})) -> Identity:
    """Somebody of the staff with these roles."""
    someone, school = uuid.UUID(int=7), uuid.UUID(int=9)
    return Identity(someone, someone, school, kinds, tuple(roles), "browser", frozenset())
