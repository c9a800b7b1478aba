"""Sheets to sign as a PDF: one purpose, one signer and one pupil on each; made when asked for and kept nowhere.

Since 1 September 2025 a consent is a document of its own (152-ФЗ art. 9 part 1), so that each purpose begins a new
sheet. What the law wants and the journal does not hold (addresses, papers of identity) is left to be written by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.accounts.consent_forms.rules import Content, Method, Operator, Term
from services.accounts.consents.rules import Purpose
from services.common import documents

TEMPLATE = Path(__file__).with_name("sheets.typ")
METHODS = {
    Method.AUTOMATED: "автоматизированная обработка",
    Method.MANUAL: "обработка без использования средств автоматизации",
    Method.MIXED: "смешанная обработка (с использованием средств автоматизации и без них)",
}


@dataclass(frozen=True)
class Sheet:
    """One consent of one signer about one pupil."""

    purpose: Purpose
    version: int
    valid_from: dt.date
    content: Content
    operator: Operator
    signer: str
    student: str
    relation: str = ""
    """Empty: the pupil signs for himself."""
    birth_date: dt.date | None = None
    class_name: str = ""
    decided: str = ""
    """What stands in the register already, in a sentence."""


def render(sheets: Sequence[Sheet], as_of: dt.datetime) -> bytes:
    """Each sheet on pages of its own, in the order given."""
    data = {"title": "Согласия на обработку персональных данных", "sheets": [_shown(sheet) for sheet in sheets]}
    return documents.pdf_apart(TEMPLATE, data, as_of)


def term_in_words(content: Content) -> str:
    if content.term is Term.DAY and content.term_until is not None:
        return f"до {content.term_until:%d.%m.%Y} включительно"
    if content.term is Term.SCHOOL_YEAR:
        return "до 31 августа учебного года, на который оно дано"
    return "до окончания обучения в школе"


def _shown(sheet: Sheet) -> dict[str, Any]:
    content, public = sheet.content, sheet.purpose is Purpose.PHOTO
    third = ", ".join(filter(None, (content.third_party_name, content.third_party_address)))
    return {
        "title": content.title,
        "operator": f"{sheet.operator.name}, {sheet.operator.address}",
        "site": sheet.operator.site if public else "",
        "article": "статьёй 10.1" if public else "статьёй 9",
        "signer": sheet.signer,
        "relation": sheet.relation,
        "student": sheet.student,
        "born": f"{sheet.birth_date:%d.%m.%Y}" if sheet.birth_date else "",
        "class": sheet.class_name,
        "aim": content.aim,
        "data": list(content.data),
        "choose_data": public,
        "third": third,
        "actions": content.actions,
        "method": METHODS[content.method],
        "term": term_in_words(content),
        "withdrawal": content.withdrawal,
        "refusal": content.refusal,
        "decided": sheet.decided,
        "footer": f"{content.title}. Версия {sheet.version}, действует с {sheet.valid_from:%d.%m.%Y}",
    }
