"""Every module of pure rules has a property that is tried on whatever Hypothesis thinks of."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def rule_modules() -> Iterator[str]:
    """`rules.py` and `policy.py` of every room and of common that decide anything: constants decide nothing."""
    for path in sorted([*ROOT.glob("services/**/rules.py"), *ROOT.glob("services/**/policy.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = importlib.import_module(name)
        if any(made.__module__ == name for _, made in inspect.getmembers(module, inspect.isfunction)):
            yield name


def modules_with_a_property() -> set[str]:
    """Modules of which a name is used in a test that Hypothesis gives its arguments to."""
    found: set[str] = set()
    for path in ROOT.glob("tests/**/test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        origins = {
            alias.asname or alias.name: node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and any(_is_given(one) for one in function.decorator_list):
                used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
                found |= {origins[name] for name in used & set(origins)}
    return found


def _is_given(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "given"


def test_every_module_of_rules_has_a_property() -> None:
    assert sorted(set(rule_modules()) - modules_with_a_property()) == []
