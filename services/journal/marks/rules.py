"""Averages, and what becomes of one operation on one cell. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

HUNDREDTH = Decimal("0.01")
ABSENT_SYMBOL = "Н"


def weighted_average(marks: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Σ(number · weight) / Σ weight over (number, weight), exact; None without marks."""
    total = weights = Decimal(0)
    for number, weight in marks:
        total += number * weight
        weights += weight
    return total / weights if weights else None


def shown_average(average: Decimal | None) -> str | None:
    """Two decimals, halves rounded up: 4.125 is 4.13."""
    return None if average is None else str(average.quantize(HUNDREDTH, rounding=ROUND_HALF_UP))


class Refusal(StrEnum):
    """Why an operation was not applied, whatever its base."""

    OP_ID_REUSED = "op-id-reused"
    UNKNOWN_TARGET = "unknown-target"
    NOT_A_MEMBER = "not-a-member"
    NOT_EDITABLE = "not-editable"
    PERIOD_CLOSED = "period-closed"
    NOT_ON_SCALE = "not-on-scale"
    ABSENT = "absent"
    HAS_MARK = "has-mark"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell; `version` 0 means that nothing ever did."""

    symbol: str | None = None
    comment: str = ""
    made_up: bool = False
    minutes_late: int | None = None
    version: int = 0
    author_id: uuid.UUID | None = None
    updated_at: dt.datetime | None = None
    id: uuid.UUID | None = None


EMPTY = Cell()


@dataclass(frozen=True)
class Wish:
    """What an operation asks of a cell; a field that is not in `fields` stays as it is."""

    op_id: uuid.UUID
    base_version: int | None
    symbol: str | None = None
    comment: str = ""
    made_up: bool = False
    fields: frozenset[str] = frozenset({"symbol"})

    def on(self, cell: Cell) -> tuple[str | None, str, bool]:
        """Symbol, comment and flag that the cell would have. A cleared cell keeps neither of the latter."""
        symbol = self.symbol if "symbol" in self.fields else cell.symbol
        if symbol is None:
            return None, "", False
        return (
            symbol,
            self.comment if "comment" in self.fields else cell.comment,
            self.made_up if "made_up" in self.fields else cell.made_up,
        )


class Outcome(StrEnum):
    """What becomes of a wish."""

    UNCHANGED = "unchanged"
    APPLIED = "applied"
    CONFLICT = "conflict"


def outcome(cell: Cell, wish: Wish) -> Outcome:
    """Equal content is applied whatever the base; a base that is not the present state is a conflict.

    A base of None means "empty when I read it", and a cleared cell reads as empty.
    """
    if wish.on(cell) == (cell.symbol, cell.comment, cell.made_up):
        return Outcome.UNCHANGED
    base_holds = cell.symbol is None if wish.base_version is None else wish.base_version == cell.version
    return Outcome.APPLIED if base_holds else Outcome.CONFLICT


def lesson_editable(taught_on: dt.date, status: str, today: dt.date, period_closed: bool, teaches: bool) -> bool:
    """Whether marks and attendance of a lesson may be written: by who teaches the course today, not for the
    future, not when cancelled, while the period is open."""
    return teaches and taught_on <= today and status != "cancelled" and not period_closed
