"""Logins and passwords."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without look-alikes: 0 and o, 1, i and l."""
LOGIN_LENGTH = 8
CODE_LENGTH = 12
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128


def random_text(length: int) -> str:
    """Letters and digits that nobody confuses, from the system's source of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def normalized(typed: str) -> str:
    """A login or code as it is stored, from how somebody typed it off a slip."""
    return "".join(typed.split()).replace("-", "").casefold()
