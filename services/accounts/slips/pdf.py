"""Slips as a PDF, made when they are asked for and kept nowhere: what stands on them opens accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.accounts.squares import square
from services.common import documents

TEMPLATE = Path(__file__).with_name("slips.typ")
ON_A_PAGE = 8
FAMILY_HINT = (
    "Откройте адрес или наведите камеру на квадрат, введите код и придумайте пароль. Журнал спросит дату рождения"
    " ребёнка. Листок никому не передавайте."
)
HINT = (
    "Откройте адрес или наведите камеру на квадрат, введите код и придумайте пароль. Листок никому не передавайте:"
    " войти по нему можно один раз."
)


@dataclass(frozen=True)
class Slip:
    """What one person gets into the hand."""

    name: str
    about: str
    """Who that is in the school."""
    login: str
    code: str
    until: dt.date
    asks_for_birth_date: bool = False


def render(slips: Sequence[Slip], school: str, address: str, as_of: dt.datetime) -> bytes:
    """Eight to a page, in the order given. `address`: of the page that takes codes, without a code."""
    shown = [_shown(slip, address) for slip in slips]
    data = {
        "title": "Листки для первого входа",
        "school": school,
        "address": address.partition("://")[2],
        "pages": [shown[start : start + ON_A_PAGE] for start in range(0, len(shown), ON_A_PAGE)],
    }
    return documents.pdf(TEMPLATE, data, as_of)


def _shown(slip: Slip, address: str) -> dict[str, Any]:
    return {
        "name": slip.name,
        "about": slip.about,
        "login": slip.login,
        "code": " ".join(slip.code[start : start + 4] for start in range(0, len(slip.code), 4)),
        "until": f"{slip.until:%d.%m.%Y}",
        "hint": FAMILY_HINT if slip.asks_for_birth_date else HINT,
        # Behind #, which no browser sends and no log keeps.
        "qr": square(f"{address}#{slip.code}"),
    }
