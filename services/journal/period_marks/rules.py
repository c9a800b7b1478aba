"""From a weighted average to a proposed mark, and which symbols a period mark may have. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

NOT_ATTESTED = "н/а"
EXEMPT = "осв"
PASS, FAIL = "зч", "нз"

THRESHOLDS: tuple[tuple[Decimal, str], ...] = (
    (Decimal("4.5"), "5"),
    (Decimal("3.5"), "4"),
    (Decimal("2.5"), "3"),
)
"""Mathematical rounding; the teacher decides and may deviate."""


def proposed_mark(average: Decimal | None, scale: str) -> str | None:
    """Mark that the school's rule suggests for a weighted average on the five-point scale; None without one."""
    if average is None or scale != "five":
        return None
    return next((symbol for least, symbol in THRESHOLDS if average >= least), "2")


def allowed_symbols(scale_symbols: Sequence[str]) -> frozenset[str]:
    """What may stand as a period mark besides the scale's own symbols."""
    return frozenset({*scale_symbols, NOT_ATTESTED, EXEMPT, PASS, FAIL})
