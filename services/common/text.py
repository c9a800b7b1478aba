"""Text as people type it. Pure."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def tidy(text: str) -> str:
    """One space between words, none around, composed letters; raises ValueError for control characters."""
    composed = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in composed):
        raise ValueError("contains characters that cannot be typed")
    return composed
