"""Keyset paging: the cursor is the last row's id, never a name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

DEFAULT_LIMIT = 50
MOST = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    """A stretch of a collection and where it goes on."""

    items: Sequence[T]
    next: uuid.UUID | None


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], uuid.UUID]) -> Page[T]:
    """From up to `limit + 1` rows the page of `limit` and the cursor of the next, if there is one."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], key(rows[limit - 1]))
