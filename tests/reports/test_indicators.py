"""The formulas against an example worked out by hand, and what must hold whatever the marks are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.indicators.rules import (
    Category,
    average,
    category,
    class_figures,
    mean,
    one_four,
    percent,
    subject_figures,
)

PUPILS = {
    "Андреев": "5 5 5 5",
    "Белова": "5 5 4 5",
    "Волков": "5 4 4 4",
    "Гусева": "5 4 3 4",
    "Дёмин": "3 4 3 4",
    "Егорова": "3 2 4 4",
    "Жуков": "н/а 4 4 5",
    "Зайцева": "осв 5 5 5",
}
"""Russian, mathematics, history, physical education."""
SYMBOLS = ("5", "4", "3", "2", "1", "н/а", "осв", "зч", "нз")
marks = st.lists(st.sampled_from(SYMBOLS), max_size=12)


@pytest.mark.parametrize(
    ("subject", "judged", "pass_rate", "quality", "degree", "middle"),
    [
        (0, 7, "85.7", "57.1", "68.4", "4.33"),
        (1, 8, "87.5", "87.5", "71.5", "4.13"),
        (2, 8, "100.0", "75.0", "66.0", "4.00"),
        (3, 8, "100.0", "100.0", "82.0", "4.50"),
    ],
)
def test_a_subject(subject: int, judged: int, pass_rate: str, quality: str, degree: str, middle: str) -> None:
    found = subject_figures([row.split()[subject] for row in PUPILS.values()])
    shown = (percent(found.pass_rate), percent(found.quality), percent(found.learning_degree), mean(found.average))
    assert found.judged == judged
    assert shown == (Decimal(pass_rate), Decimal(quality), Decimal(degree), Decimal(middle))


def test_a_class() -> None:
    found = class_figures([row.split() for row in PUPILS.values()])
    assert {one: count for one, count in found.categories.items() if count} == {
        Category.EXCELLENT: 2,
        Category.GOOD: 2,
        Category.ONE_THREE: 1,
        Category.SATISFACTORY: 1,
        Category.FAILING: 1,
        Category.NOT_ATTESTED: 1,
    }
    assert found.one_four == 1
    assert (percent(found.pass_rate), percent(found.quality)) == (Decimal("75.0"), Decimal("50.0"))


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        ("", Category.NO_DATA),
        ("осв зч", Category.NO_DATA),
        ("5 5 осв", Category.EXCELLENT),
        ("5 4", Category.GOOD),
        ("4 4", Category.GOOD),
        ("5 3", Category.ONE_THREE),
        ("4 3", Category.ONE_THREE),
        ("3 3", Category.SATISFACTORY),
        ("3 4 3", Category.SATISFACTORY),
        ("5 2", Category.FAILING),
        ("5 1", Category.FAILING),
        ("2 н/а", Category.FAILING),
        ("5 н/а", Category.NOT_ATTESTED),
        ("н/а", Category.NOT_ATTESTED),
    ],
)
def test_a_pupil_falls_into_one_category(symbols: str, expected: Category) -> None:
    assert category(symbols.split()) is expected


def test_halves_are_rounded_up() -> None:
    assert mean(Decimal("4.125")) == Decimal("4.13")
    assert percent(Decimal("88.25")) == Decimal("88.3")


def test_without_marks_there_is_no_figure() -> None:
    found = subject_figures(["осв", "зч"])
    assert (found.judged, found.pass_rate, found.learning_degree, average([])) == (0, None, None, None)


@given(st.lists(marks, max_size=30))
def test_categories_add_up_and_shares_stay_within_bounds(pupils: list[list[str]]) -> None:
    found = class_figures(pupils)
    assert sum(found.categories.values()) == len(pupils)
    assert found.one_four <= found.categories[Category.GOOD]
    for share in (found.pass_rate, found.quality, found.learning_degree):
        assert share is None or 0 <= share <= 100
    if found.pass_rate is not None:
        assert found.quality is not None
        assert found.quality <= found.pass_rate


@given(marks)
def test_the_order_of_marks_says_nothing(symbols: list[str]) -> None:
    assert category(symbols) is category(symbols[::-1])
    assert one_four(symbols) is one_four(symbols[::-1])
    assert not one_four(symbols) or category(symbols) is Category.GOOD
