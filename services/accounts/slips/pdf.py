"""Slips as a PDF, made when they are asked for and kept nowhere: what stands on them opens accounts.

Laid out in processes of their own, twenty pages each: typst keeps 0.2 MB for each slip as long as its process lives.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pypdf

from services.accounts.squares import square
from services.common import documents
from services.common.apart import several_apart

TEMPLATE = Path(__file__).with_name("slips.typ")
ON_A_PAGE = 8
IN_A_PROCESS = 20 * ON_A_PAGE
MODULE = "services.accounts.slips.pdf"
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
    """Eight to a page, in the order given. `address`: of the page that takes codes, without a code.

    Raises ApartError.
    """
    common = {"school": school, "address": address, "as_of": as_of}
    parts = [
        orjson.dumps({**common, "slips": [asdict(slip) for slip in slips[start : start + IN_A_PROCESS]]})
        for start in range(0, len(slips), IN_A_PROCESS)
    ]
    made = list(several_apart(MODULE, parts))
    return made[0] if len(made) == 1 else _joined(made)


def _joined(parts: Sequence[bytes]) -> bytes:
    whole = pypdf.PdfWriter()
    for part in parts:
        whole.append(io.BytesIO(part), import_outline=False)
    written = io.BytesIO()
    whole.write(written)
    return written.getvalue()


def _render_part(given: Mapping[str, Any]) -> bytes:
    """In a process of its own: what `render` wrote down for it."""
    slips = [Slip(**{**one, "until": dt.date.fromisoformat(one["until"])}) for one in given["slips"]]
    school, address = given["school"], given["address"]
    shown = [_shown(slip, address) for slip in slips]
    data = {
        "title": "Листки для первого входа",
        "school": school,
        "address": address.partition("://")[2],
        "pages": [shown[start : start + ON_A_PAGE] for start in range(0, len(shown), ON_A_PAGE)],
    }
    return documents.pdf(TEMPLATE, data, dt.datetime.fromisoformat(given["as_of"]))


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


if __name__ == "__main__":
    sys.stdout.buffer.write(_render_part(orjson.loads(sys.stdin.buffer.read())))
