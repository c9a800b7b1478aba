"""`python -m benchmarks.key`: processor time that a typed mark costs the page, in Chromium.

Starts the whole suite as `./run` does, in a temporary folder, makes a class of 35 pupils with two journals, of 36
lessons and of 4, and types marks into both: milliseconds of the page's main thread for a key, everything that the key
brings with it included (the background's saving, too), and what the big page costs over the small one.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import CDPSession, Page, expect

from deploy.machine import Meter
from tests.support.chromium import launched
from tests.support.running import Run, World, make_world

PUPILS = 35
SIZES = (4, 36)
"""Lessons of a journal."""
KEYS = 30
ROUNDS = 10
SETTLING = 100
"""Milliseconds that a round goes on after its last key: the panel and the first saving follow the hand."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="zhurnal-key-") as folder:
        Path(folder).chmod(0o711)
        run = Run(Path(folder) / "data")
        try:
            print(f"ready in {run.start():.1f} s", flush=True)
            families = {f"Ученик{number:02}": "refused" for number in range(PUPILS)}
            school = make_world(run.front, run.create_school(), families)
            first = dt.date.fromisoformat(school.year_start)
            meter = Meter()
            costs = {}
            for size in SIZES:
                days = [str(first + dt.timedelta(days=n)) for n in range(size)]
                costs[size] = _measure(run.url, school.with_course(f"Предмет {size}", days), days)
                print(f"{PUPILS} x {size:2}: {_figures(costs[size])}", flush=True)
            small, big = (statistics.median(costs[size]) for size in SIZES)
            print(f"the big page over the small one: {big / small:.2f}")
            print(f"the processors ran {meter.share():.0%} of the time")
        finally:
            run.stop()
    return 0


def _measure(url: str, journal: World, days: Sequence[str]) -> list[float]:
    """Milliseconds a key, of each round."""
    with launched() as browser:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="ru-RU")
        context.add_cookies([{"name": "zhurnal", "value": journal.teacher, "url": url}])
        page = context.new_page()
        page.goto(f"{url}/journal/{journal.course}?from={days[0]}&to={days[-1]}")
        expect(page.locator("grade-grid td[tabindex='0']")).to_be_focused()
        assert page.locator("grade-grid tbody td:not(.avg)").count() == PUPILS * len(journal.lessons)
        thread = context.new_cdp_session(page)
        thread.send("Performance.enable", {"timeDomain": "threadTicks"})
        rounds = [_type(page, thread, number) for number in range(ROUNDS)]
    return sorted(rounds)


def _type(page: Page, thread: CDPSession, number: int) -> float:
    page.keyboard.press("Control+Home")
    page.wait_for_timeout(SETTLING)
    before = _spent(thread)
    for key in range(KEYS):
        page.keyboard.press(str(2 + (key + number) % 4))
    page.wait_for_timeout(SETTLING)
    return (_spent(thread) - before) / KEYS * 1000


def _spent(thread: CDPSession) -> float:
    """Seconds of processor time of the page's main thread so far."""
    metrics = thread.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def _figures(rounds: list[float]) -> str:
    middle = statistics.median(rounds)
    return f"{middle:.1f} ms a key (least {rounds[0]:.1f}, most {rounds[-1]:.1f}; {len(rounds)} rounds)"


if __name__ == "__main__":
    sys.exit(main())
