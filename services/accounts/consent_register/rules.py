"""The order of classes, and decisions in the words of a paper. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from services.accounts.consents.rules import Purpose, State

PURPOSES = {
    Purpose.DIARY: "Дневник",
    Purpose.MAIL: "Письма",
    Purpose.PHOTO: "Фото",
    Purpose.THIRD_PARTIES: "Олимпиады",
}
STATES = {
    State.GIVEN: "дано",
    State.REFUSED: "отказ",
    State.WITHDRAWN: "отозвано",
    State.EXPIRED: "срок вышел",
    State.MISSING: "нет решения",
    State.DISPUTED: "оспорено",
}
SOURCES = {"office": "бумага", "system": "в журнале", "import": "список школы"}
SELF = "сам"


def class_order(name: str) -> tuple[int, str]:
    """So that 10А comes after 9Б."""
    digits = re.match(r"\d*", name)
    return int(digits[0]) if digits and digits[0] else 0, name


def since(line: Mapping[str, Any], zone_day: dt.date | None) -> dt.date | None:
    """From which day on a signer reads nothing, as far as that was ever decided. `zone_day`: of the withdrawal."""
    if zone_day is not None:
        return zone_day
    if line["state"] == State.EXPIRED and line["until"] is not None:
        until: dt.date = line["until"]
        return until + dt.timedelta(days=1)
    signed_on: dt.date | None = line["signed_on"]
    return signed_on


def in_words(line: Mapping[str, Any]) -> str:
    """A decision for one cell of a printed register."""
    words = [STATES[State(line["state"])]]
    if line["signed_on"] is not None:
        words.append(f"{line['signed_on']:%d.%m.%Y}")
    if line["state"] == State.GIVEN and line["until"] is not None:
        words.append(f"по {line['until']:%d.%m.%Y}")
    if line["document"]:
        words.append(line["document"])
    return ", ".join(words)
