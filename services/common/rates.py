"""Counters of requests per key and window, for flask-limiter: in this process, without a thread of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import flask
from flask_limiter import Limiter
from limits.storage import Storage

SCHEME = "process"
PER_PERSON = "6000 per minute"
"""Per process and person (or address): a fence against loops gone wild, not a quota."""
SWEEP_SECONDS = 60.0


def fence(app: flask.Flask, key: Callable[[], str]) -> Limiter:
    """Puts every route of `app` under `PER_PERSON`, counted by route and by `key()`; `exempt` takes one out."""
    app.config.update(RATELIMIT_STRATEGY="fixed-window", RATELIMIT_STORAGE_URI=f"{SCHEME}://")
    limiter = Limiter(key, default_limits=[PER_PERSON], headers_enabled=False)
    limiter.init_app(app)
    return limiter


@dataclass
class _Count:
    ends_at: float
    number: int = 0


class ProcessStorage(Storage):
    """Fixed windows only. The library's own in-memory storage starts a thread for nearly every request, to look
    for windows that have ended; here the first request of a minute does that."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Counts; the number within the running window of `expiry` seconds."""
        now = time.time()
        with self._lock:
            if now >= self._sweep_at:
                self._sweep_at = now + SWEEP_SECONDS
                self._counts = {key: count for key, count in self._counts.items() if count.ends_at > now}
            count = self._counts.get(key)
            if count is None or count.ends_at <= now:
                count = self._counts[key] = _Count(now + expiry)
            count.number += amount
            return count.number

    def get(self, key: str) -> int:
        """The number within the running window."""
        count = self._counts.get(key)
        return count.number if count is not None and count.ends_at > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds since the epoch; now, where none runs."""
        count = self._counts.get(key)
        return count.ends_at if count is not None else time.time()

    def check(self) -> bool:
        """A dictionary is always there."""
        return True

    def reset(self) -> int:
        """Forgets everything; how many keys that were."""
        with self._lock:
            number = len(self._counts)
            self._counts = {}
        return number

    def clear(self, key: str) -> None:
        """Forgets one key."""
        with self._lock:
            self._counts.pop(key, None)
