"""Text as people type it. Pure."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_WHOLE = re.compile(r"[0-9]{1,9}")


def tidy(text: str) -> str:
    """One space between words, none around, composed letters; raises ValueError for control characters."""
    composed = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in composed):
        raise ValueError("contains characters that cannot be typed")
    return composed


def tidy_lines(text: str) -> str:
    """Lines ended by line feeds, no blanks behind and no empty ones around them, composed letters.

    Raises ValueError for control characters.
    """
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in composed if character != "\n"):
        raise ValueError("contains characters that cannot be typed")
    tidied = "\n".join(line.rstrip() for line in composed.split("\n")).strip("\n")
    return tidied if tidied.strip() else ""


def whole_number(text: str) -> int | None:
    """The number that one to nine digits say; None for anything else.

    `isdigit` is true of "²", which `int` cannot read, and of more digits than it will.
    """
    return int(text) if _WHOLE.fullmatch(text) else None
