"""Indicators of achievement, as Russian schools' journals compute them. Pure.

Pass rate, quality and learning degree (СОУ, after Simonov) of a subject rest on pupils, not on marks: who was not
attested counts in the denominator, who is exempt or has no mark at all does not. Figures are exact `Decimal`s;
`percent` and `mean` say how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

NOT_ATTESTED = "н/а"
EXEMPT = "осв"
NUMERIC = ("5", "4", "3", "2", "1")
_WEIGHTS: Mapping[str, int] = {"5": 100, "4": 64, "3": 36, "2": 16, "1": 7, NOT_ATTESTED: 7}
"""Of a mark in the learning degree, in percent."""

_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


def percent(value: Decimal | None) -> Decimal | None:
    """With one decimal, halves up: 88.25 is 88.3."""
    return None if value is None else value.quantize(_TENTH, ROUND_HALF_UP)


def mean(value: Decimal | None) -> Decimal | None:
    """With two decimals, halves up: 4.125 is 4.13."""
    return None if value is None else value.quantize(_HUNDREDTH, ROUND_HALF_UP)


def average(symbols: Iterable[str]) -> Decimal | None:
    """Mean of the numeric marks; `осв`, `н/а`, `зч` and `нз` are passed over. None without one."""
    numbers = [Decimal(symbol) for symbol in symbols if symbol in NUMERIC]
    return sum(numbers, Decimal(0)) / len(numbers) if numbers else None


@dataclass(frozen=True)
class SubjectFigures:
    """Of one subject: how many pupils have which mark, and what follows."""

    counts: Mapping[str, int]
    """By symbol: 5 to 1, н/а, осв."""
    average: Decimal | None

    def count(self, symbol: str) -> int:
        """As sheets count: a 1 among the 2s."""
        return self.counts.get(symbol, 0) + (self.counts.get("1", 0) if symbol == "2" else 0)

    @property
    def judged(self) -> int:
        """Pupils in the denominator: with a mark or not attested."""
        return sum(self.counts.get(symbol, 0) for symbol in _WEIGHTS)

    @property
    def pass_rate(self) -> Decimal | None:
        """Успеваемость: percent of pupils with 5, 4 or 3."""
        return self._share({"5": 100, "4": 100, "3": 100})

    @property
    def quality(self) -> Decimal | None:
        """Качество знаний: percent of pupils with 5 or 4."""
        return self._share({"5": 100, "4": 100})

    @property
    def learning_degree(self) -> Decimal | None:
        """СОУ in percent."""
        return self._share(_WEIGHTS)

    def _share(self, weights: Mapping[str, int]) -> Decimal | None:
        if not self.judged:
            return None
        return Decimal(sum(self.counts.get(symbol, 0) * weight for symbol, weight in weights.items())) / self.judged


def subject_figures(symbols: Sequence[str]) -> SubjectFigures:
    """Of the period marks of a subject, one a pupil; who has none is left out."""
    counts = {symbol: symbols.count(symbol) for symbol in (*NUMERIC, NOT_ATTESTED, EXEMPT)}
    return SubjectFigures(counts, average(symbols))


class Category(StrEnum):
    """What a pupil's marks of a period make of the pupil: exactly one of these."""

    EXCELLENT = "excellent"
    GOOD = "good"
    ONE_THREE = "one_three"
    SATISFACTORY = "satisfactory"
    FAILING = "failing"
    NOT_ATTESTED = "not_attested"
    NO_DATA = "no_data"


def category(symbols: Sequence[str]) -> Category:
    """Failing comes before not attested: a 2 is not made better by a missing mark.

    `осв`, `зч` and `нз` say nothing here; a 1 fails like a 2.
    """
    judged = [symbol for symbol in symbols if symbol in _WEIGHTS]
    if not judged:
        return Category.NO_DATA
    if "2" in judged or "1" in judged:
        return Category.FAILING
    if NOT_ATTESTED in judged:
        return Category.NOT_ATTESTED
    threes = judged.count("3")
    if threes:
        return Category.ONE_THREE if threes == 1 else Category.SATISFACTORY
    return Category.GOOD if "4" in judged else Category.EXCELLENT


def one_four(symbols: Sequence[str]) -> bool:
    """Among the good: all fives but one four."""
    return category(symbols) is Category.GOOD and list(symbols).count("4") == 1


@dataclass(frozen=True)
class ClassFigures:
    """Of a class: categories and shares over pupils, the rest over all their marks."""

    categories: Mapping[Category, int]
    one_four: int
    pass_rate: Decimal | None
    """Percent of pupils without a 2 and without н/а."""
    quality: Decimal | None
    """Percent of pupils with fours and fives alone."""
    learning_degree: Decimal | None
    average: Decimal | None


_PASSING = (Category.EXCELLENT, Category.GOOD, Category.ONE_THREE, Category.SATISFACTORY)
_OF_QUALITY = (Category.EXCELLENT, Category.GOOD)


def class_figures(pupils: Sequence[Sequence[str]]) -> ClassFigures:
    """Of the period marks of each pupil. Who has no mark at all is in no denominator."""
    found = [category(symbols) for symbols in pupils]
    categories = {one: found.count(one) for one in Category}
    judged = len(found) - categories[Category.NO_DATA]
    together = subject_figures([symbol for symbols in pupils for symbol in symbols])

    def share(wanted: Iterable[Category]) -> Decimal | None:
        return Decimal(100 * sum(categories[one] for one in wanted)) / judged if judged else None

    return ClassFigures(
        categories=categories,
        one_four=sum(one_four(symbols) for symbols in pupils),
        pass_rate=share(_PASSING),
        quality=share(_OF_QUALITY),
        learning_degree=together.learning_degree,
        average=together.average,
    )
