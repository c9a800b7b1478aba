"""Documents by typst: a template and data in, PDF/A or pictures out; identical bytes for identical input.

Data reach the template as JSON in `sys.inputs.data`, so that nothing in them is ever read as markup. The fonts are
those inside typst: what a machine has installed cannot change a document.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import typst

from services.common.apart import apart

PICTURE_DENSITY = 120
"""Pixels an inch: a landscape A4 page is 1403 wide, enough for a screen."""


def pdf(template: Path, data: Mapping[str, Any], as_of: dt.datetime) -> bytes:
    """A PDF/A-1b file that says of itself that it was made at `as_of`."""
    made = typst.compile(
        template,
        ignore_system_fonts=True,
        sys_inputs=_inputs(data, as_of),
        timestamp=int(as_of.timestamp()),
        pdf_standards=["a-1b"],
        pdf_tags=False,
    )
    assert isinstance(made, bytes)
    return made


def pdf_apart(template: Path, data: Mapping[str, Any], as_of: dt.datetime) -> bytes:
    """The same, made in a process of its own: where requests are answered, what typst remembers does not stay.

    Raises ApartError.
    """
    given = {"template": str(template), "data": data, "as_of": as_of}
    return apart("services.common.documents", orjson.dumps(given))


def pictures(template: Path, data: Mapping[str, Any], as_of: dt.datetime) -> list[bytes]:
    """Its pages as PNG, in order."""
    made: object = typst.compile(  # a list where there are several pages, which its types do not say
        template,
        ignore_system_fonts=True,
        sys_inputs=_inputs(data, as_of),
        timestamp=int(as_of.timestamp()),
        format="png",
        ppi=PICTURE_DENSITY,
    )
    found = made if isinstance(made, list) else [made]
    return [page for page in found if isinstance(page, bytes)]


def _inputs(data: Mapping[str, Any], as_of: dt.datetime) -> dict[str, str]:
    moment = {"year": as_of.year, "month": as_of.month, "day": as_of.day}
    moment |= {"hour": as_of.hour, "minute": as_of.minute, "second": as_of.second}
    return {"data": orjson.dumps({**data, "date": moment}).decode()}


def _main() -> None:
    given = orjson.loads(sys.stdin.buffer.read())
    made = pdf(Path(given["template"]), given["data"], dt.datetime.fromisoformat(given["as_of"]))
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    _main()
