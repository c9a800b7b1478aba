"""For whom a document is and what may stand in it. Pure."""

from __future__ import annotations

import unicodedata
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


def tidy_text(text: str) -> str:
    """Lines as people type them: composed, ended by line feeds, without blanks behind and around.

    Raises ValueError for control characters and where nothing is left.
    """
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    if any(unicodedata.category(one) in ("Cc", "Cs", "Cn") for one in composed if one != "\n"):
        raise ValueError("contains characters that cannot be typed")
    tidied = "\n".join(line.rstrip() for line in composed.split("\n")).strip("\n")
    if not tidied.strip():
        raise ValueError("is empty")
    return tidied
