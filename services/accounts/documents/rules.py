"""For whom a document is and what may stand in it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

LARGEST_PDF = 10 * 1024 * 1024
LONGEST_TEXT = 50_000


class Kind(StrEnum):
    RULES = "rules"
    GUIDE = "guide"


class Audience(StrEnum):
    EVERYONE = "everyone"
    PUPILS = "pupils"
    GUARDIANS = "guardians"
    TEACHERS = "teachers"


_KIND_OF_PERSON = {Audience.PUPILS: "student", Audience.GUARDIANS: "guardian", Audience.TEACHERS: "staff"}


def is_for(audience: str, kinds: Collection[str]) -> bool:
    """Whether somebody of these kinds (staff, student, guardian) is meant."""
    if audience == Audience.EVERYONE:
        return bool(kinds)
    return _KIND_OF_PERSON[Audience(audience)] in kinds


def is_pdf(content: bytes) -> bool:
    """By its first bytes (ISO 32000)."""
    return content.startswith(b"%PDF-")
