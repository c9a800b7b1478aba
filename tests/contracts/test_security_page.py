"""`docs/security.md` names tests, routes and permissions that exist, and leaves no requirement out."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

from services.common.config import SERVICES
from tests.contracts.test_routes import routes
from tests.support.suite import Suite

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
IDS = Path(__file__).parent / "asvs_ids.txt"
"""ASVS 5.0.0, chapters V6 to V10, levels 1 and 2: ids alone."""

_ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| (met|not applicable|open) \| (.+) \|$", re.M)
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) ([^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+)\)")
_PERMISSION = re.compile(r"`([A-Z]+_[A-Z_]+)`")
_PATH = re.compile(r"`((?:tests|services)/[\w/]+\.(?:py|csv))`")


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def named_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_requirement_has_its_row_once_and_in_order() -> None:
    assert [one for one, _, _ in _ROW.findall(page())] == IDS.read_text().split()


def test_what_is_met_names_a_test_and_what_is_not_says_why() -> None:
    wrong = [one for one, state, by in _ROW.findall(page()) if (state == "met") != bool(_TEST.search(by))]
    assert wrong == []


def test_every_test_that_is_named_exists() -> None:
    named = set(_TEST.findall(page()))
    assert named
    assert sorted(f"{path}::{name}" for path, name in named if name not in named_in(path)) == []


def test_every_route_file_and_permission_that_is_named_exists(suite: Suite) -> None:
    there = {(one.method, one.rule) for one in routes(suite)}
    assert set(_ROUTE.findall(page())) <= there
    links = [PAGE.parent / one for one in _LINK.findall(page()) if "://" not in one]
    files = [ROOT / one for one in _PATH.findall(page())]
    assert [str(one) for one in (*links, *files) if not one.exists()] == []
    known = {str(one) for name in SERVICES for one in importlib.import_module(f"services.{name}.policy").Permission}
    assert set(_PERMISSION.findall(page())) - known <= {"_PLACE"}
