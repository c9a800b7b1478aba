"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.browser import CHROMIUM, missing

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-features=IsolateOrigins,site-per-process,MediaRouter,Translate",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]

needs_chromium = pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="no Chromium on this machine")
"""The only reason why a test may be left out; `./test` counts them in its last line."""


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """The browser, for as long as the block runs."""
    assert not missing(), f"Pages can only be looked at with more of Debian: apt install {' '.join(missing())}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
