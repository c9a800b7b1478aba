"""README's table is the kept figures, as the script writes them."""

from __future__ import annotations

import json

import pytest

from benchmarks.table import CROWDS, FIGURES, OPERATIONS, ROOT, WORDS, crowd_table, table, with_table


@pytest.mark.parametrize("name", WORDS)
def test_the_table_is_made_from_the_kept_figures(name: str) -> None:
    figures = json.loads(FIGURES.read_text())
    readme = (ROOT / name).read_text()
    assert with_table(readme, table(figures, WORDS[name])) == readme, "run python -m benchmarks.table"


def test_a_figure_that_changes_changes_the_table() -> None:
    figures = json.loads(FIGURES.read_text())
    before = table(figures, WORDS["README.md"])
    figures["requests"]["page"]["rate"] += 100
    assert table(figures, WORDS["README.md"]) != before


def test_the_table_of_crowds_is_that_of_the_kept_figures() -> None:
    document = OPERATIONS.read_text()
    assert with_table(document, crowd_table(json.loads(CROWDS.read_text()))) == document
