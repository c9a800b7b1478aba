"""Rules that the sources of the pages keep."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.web.static import read_static_files

WEB = Path(__file__).parents[2] / "services" / "web"
TEMPLATES = sorted(WEB.rglob("*.html"))
MODULES = sorted((WEB / "static" / "js").rglob("*.js"))
NAMES = ("blocks", "element", "keys", "live", "model", "paint", "panel", "phone", "popover")
GRID = {f"grid/{name}.js" for name in NAMES}

_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*[\"'`]"
    r"|createContextualFragment|\.srcdoc"
)
_INLINE = re.compile(r"<[^>{%]*\s(style|on[a-z]+)\s*=|<style|javascript:")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_style_or_handler(path: Path) -> None:
    assert _INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_makes_elements_and_never_markup(path: Path) -> None:
    assert _SINKS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *MODULES], ids=lambda path: path.name)
def test_nothing_is_taken_from_another_site(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:src|href|import|url)\W{1,3}(?:https?:)?//\w", text) == []


def _sent(names: set[str]) -> int:
    root = WEB / "static" / "js"
    return sum(len(gzip.compress((root / name).read_bytes(), 9)) for name in names)


def test_the_journal_page_sends_at_most_25_kb_of_modules() -> None:
    assert _sent(GRID | {"app.js", "outbox.js"}) <= 25 * 1024


def test_other_pages_send_at_most_12_kb_of_modules() -> None:
    assert _sent({"app.js", "outbox.js"}) <= 12 * 1024


def test_every_module_is_accounted_for() -> None:
    names = {path.relative_to(WEB / "static" / "js").as_posix() for path in MODULES}
    assert names == GRID | {"app.js", "outbox.js", "report.js", "sign.js"}


def test_styles_are_at_most_12_kb() -> None:
    styles = (WEB / "static" / "css").glob("*.css")
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in styles) <= 12 * 1024


def test_every_view_says_who_may_look(alone: FlaskClient) -> None:
    app = alone.application
    silent = [
        name
        for name, view in app.view_functions.items()
        if not hasattr(view, "access") and name not in ("static_file", "favicon", "healthz")
    ]
    assert silent == []


def test_static_files_are_kept_for_a_year_under_their_hash(alone: FlaskClient) -> None:
    url = read_static_files().url("js/app.js")
    answer = alone.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert gzip.decompress(answer.data) == (WEB / "static" / "js" / "app.js").read_bytes()


def test_an_old_hash_gets_the_present_file_and_does_not_keep_it(alone: FlaskClient) -> None:
    answer = alone.get("/static/0000000000000000/js/app.js")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize(
    "path", ["/static/x/../app.py", "/static/x/%2e%2e/app.py", "/static/x/js", "/static/x/nothing.js"]
)
def test_nothing_else_is_served(alone: FlaskClient, path: str) -> None:
    assert alone.get(path).status_code == 404
