"""Names and zones as people write them."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass


@dataclass(frozen=True)
class FullName:
    last_name: str
    first_name: str
    middle_name: str = ""


def full_name(text: str) -> FullName:
    """«Фамилия Имя Отчество» taken apart. Raises ValueError when there are not two words at least."""
    words = text.split()
    if len(words) < 2:
        raise ValueError("a full name is 'Фамилия Имя Отчество'")
    return FullName(words[0], words[1], " ".join(words[2:]))


def is_zone(name: str) -> bool:
    """Whether this is a time zone of the IANA list."""
    return name in zoneinfo.available_timezones()
