"""Names of classes, written and compared. Pure."""

from __future__ import annotations

import re

_LOOKALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_NAME = re.compile(r"(\d{1,2})([А-ЯЁ])")


def class_name(grade_level: int, letter: str) -> str:
    """«8А»."""
    return f"{grade_level}{letter}"


def parse_class_name(text: str) -> tuple[int, str, bool]:
    """Grade level, letter and whether a Latin look-alike was taken for Cyrillic: 6 «Б» = 6Б = 6-б.

    Raises ValueError when it is no name of a class.
    """
    bare = re.sub(r"[\s«»\"'„“”_-]", "", text)
    cyrillic = bare.translate(_LOOKALIKES).upper()
    match = _NAME.fullmatch(cyrillic)
    if match is None or not 1 <= int(match[1]) <= 11:
        raise ValueError("is not a class, such as 6Б")
    return int(match[1]), match[2], cyrillic != bare.upper()
