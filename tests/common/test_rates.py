"""Windows in which requests are counted."""

from __future__ import annotations

import threading

import pytest
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from services.common import rates
from services.common.rates import ProcessStorage


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1_000.0]
    monkeypatch.setattr(rates.time, "time", lambda: at[0])
    return at


def test_a_window_takes_its_number_and_opens_again(clock: list[float]) -> None:
    limiter, limit = FixedWindowRateLimiter(ProcessStorage()), RateLimitItemPerMinute(2)
    assert [limiter.hit(limit, "a") for _ in range(3)] == [True, True, False]
    assert limiter.hit(limit, "b")
    clock[0] += 59.9
    assert not limiter.hit(limit, "a")
    clock[0] += 0.2
    assert limiter.hit(limit, "a")
    assert limiter.get_window_stats(limit, "a").reset_time == pytest.approx(clock[0] + 60)


def test_windows_that_ended_are_forgotten_without_a_thread(clock: list[float]) -> None:
    before = threading.active_count()
    storage = ProcessStorage()
    for number in range(100):
        storage.incr(f"key{number}", 60)
    assert storage.get("key7") == 1
    clock[0] += 61
    storage.incr("another", 60)
    assert storage.get("key7") == 0
    assert storage.reset() == 1
    assert threading.active_count() == before


def test_no_count_is_lost_between_threads() -> None:
    storage = ProcessStorage()
    threads = [threading.Thread(target=lambda: [storage.incr("k", 60) for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("k") == 4000
    storage.clear("k")
    assert storage.get("k") == 0
