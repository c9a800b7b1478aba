"""Passwords: which are taken, and what is stored of them.

Argon2id with the parameters of OWASP's first recommendation: 19 MiB, two passes, one lane.
"""

from __future__ import annotations

import argon2

from services.accounts.identities.guessing import is_guessable
from services.common.problems import wrong

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_NOBODY = _HASHER.hash("nobody has this password")
"""Checked against when there is no such login, so that both take the same time."""


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; without a stored one never, after the same work."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except argon2.exceptions.VerifyMismatchError:
        return False


def refuse_guessable(pointer: str, password: str) -> None:
    """Raises UnprocessableError for a password that everybody tries first."""
    if is_guessable(password):
        raise wrong(pointer, "This password is among the first that a stranger tries.", "guessable")
