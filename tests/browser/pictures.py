"""`python -m tests.browser.pictures <folder>`: pictures of every page of a running demonstration.

Each page light and dark, 1366 and 390 pixels wide. `--data` names the folder of `./run`; `--only` some pages by name.
The picture in the README is `journal-1366-light.png` of this.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.every_page import Shown, every_page, sign_in
from tests.support.chromium import launched

WIDTHS = {1366: 768, 390: 844}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("var"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--whole", action="store_true", help="the whole page, however long")
    options = parser.parse_args(argv)
    told = json.loads((options.data / "demo.json").read_text(encoding="utf-8"))
    people = {person["login"]: person for person in told["people"]}
    pages = [shown for shown in every_page(people) if not options.only or shown.name in options.only]
    options.folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        for width in WIDTHS:
            for theme in ("light", "dark"):
                for login in dict.fromkeys(shown.login for shown in pages):
                    own = [shown for shown in pages if shown.login == login]
                    _shoot(browser, told["url"], people.get(login), own, width, theme, options)
    return 0


def _shoot(
    browser: Browser,
    base: str,
    person: dict[str, str] | None,
    pages: list[Shown],
    width: int,
    theme: str,
    options: argparse.Namespace,
) -> None:
    size = {"width": width, "height": WIDTHS[width]}
    context = browser.new_context(viewport=size, color_scheme=theme, locale="ru-RU")  # type: ignore[arg-type]
    page = context.new_page()
    if person is not None:
        sign_in(page, base, person)
    for shown in pages:
        shown.reach(page, base)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)  # modules fill what depends on the cursor
        page.screenshot(path=options.folder / f"{shown.name}-{width}-{theme}.png", full_page=options.whole)
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
