"""What was gathered, as a file for programs and as a document for people. Pure but for typst."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.accounts.privacy_requests.rules import Part, in_words
from services.common import documents

TEMPLATE = Path(__file__).with_name("copy.typ")

_PROSE = 30
"""Signs of a line in which longer texts are broken."""
SERVICES = {
    "accounts": "Вход, согласия и обязанности",
    "journal": "Личное дело и журнал",
    "notifications": "Письма",
    "reports": "Отчёты",
}
"""What a reader calls the part of the system."""


def as_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts as `CopyPartOut` says."""
    return [{"service": one.service, "as_of": one.as_of, "sections": one.sections} for one in parts]


def as_pdf(
    parts: Sequence[Part],
    *,
    school: str,
    number: int,
    subject: str,
    requester: str,
    zone: ZoneInfo,
    as_of: dt.datetime,
) -> bytes:
    """A PDF/A file in landscape, a table for each section; what is empty is named once, so that a reader sees that
    it was looked for."""
    data = {
        "title": "Какие персональные данные хранит школа",
        "school": school,
        "number": number,
        "subject": subject,
        "requester": requester if requester != subject else "",
        "made": f"{as_of.astimezone(zone):%d.%m.%Y, %H:%M}",
        "parts": [_part(one, zone) for one in parts],
    }
    return documents.pdf_apart(TEMPLATE, data, as_of)


def _part(part: Part, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "title": SERVICES[part.service],
        "as_of": f"{part.as_of.astimezone(zone):%d.%m.%Y, %H:%M}",
        "sections": [_section(one, zone) for one in part.sections if one["rows"]],
        "empty": ", ".join(one["title"][:1].lower() + one["title"][1:] for one in part.sections if not one["rows"]),
    }


def _section(section: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Columns in which nothing stands are left out on paper; programs get them all."""
    names = [name for name in section["columns"] if any(row[name] not in (None, "") for row in section["rows"])]
    heads = [section["columns"][name] for name in names]
    rows = [[in_words(row[name], zone) for name in names] for row in section["rows"]]
    return {
        "title": section["title"],
        "columns": heads,
        "rows": rows,
        "widths": [_width([head, *(row[place] for row in rows)]) for place, head in enumerate(heads)],
    }


def _width(texts: Sequence[str]) -> int:
    """The share of a column: its longest text up to a bound, for prose is broken, but no shorter than a word."""
    longest_word = max(len(word) for text in texts for word in text.split() or [""])
    return max(longest_word + 1, min(_PROSE, max(len(text) for text in texts)))
