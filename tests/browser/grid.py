"""What tests of the grid do and look at."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Journal, Visit, Visitor

SAVED = "Сохранено"


def opened(visit: Visit, journal: Journal, token: str | None = None, **options: Any) -> Visitor:
    """A teacher whose cursor stands on today's lesson, at the first pupil."""
    visitor = visit(journal.teacher if token is None else token, **options)
    visitor.open(journal.path)
    expect(visitor.page.locator("grade-grid td[tabindex='0']")).to_be_focused()
    return visitor


def cell(page: Page, row: int, place: int) -> Any:
    return page.locator("grade-grid tbody tr").nth(row).locator("td").nth(place)


def saved(page: Page) -> None:
    expect(page.locator("save-state")).to_have_text(SAVED)
