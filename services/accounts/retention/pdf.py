"""The certificate of destruction: an act and an extract of the log, with what Roskomnadzor's order № 179 of
28.10.2022 asks of both (from memory: to be checked by the school's lawyer)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.accounts.retention.models import DestructionAct, DestructionPart
from services.accounts.retention.rules import CATEGORIES, REASONS
from services.common import documents

TEMPLATE = Path(__file__).with_name("certificate.typ")
SYSTEM = "электронный классный журнал Zhurnal"
PARTS_OF_SYSTEM = {
    "accounts": "учётные записи и согласия",
    "journal": "журнал",
    "notifications": "уведомления",
    "reports": "отчёты",
}
MEANS = (
    "удаление записей из баз данных и файлов из хранилища средствами информационной системы; восстановить их в ней "
    "нельзя. Из резервных копий они уходят вместе с самими копиями, по истечении срока их хранения"
)
NO_PROCESSOR = "обработка персональных данных другому лицу не поручалась"


def render(act: DestructionAct, parts: Sequence[DestructionPart], zone: ZoneInfo) -> bytes:
    """A PDF/A file about an act that is done, the same bytes each time; moments by the school's clock."""
    assert act.done_at is not None
    done_at = act.done_at.astimezone(zone)
    fields = [
        ("Оператор", act.operator_name),
        ("Адрес оператора", act.operator_address),
        ("Лицо, обрабатывающее персональные данные по поручению оператора", act.processor or NO_PROCESSOR),
        ("Субъекты персональных данных", act.subject),
        ("Данные уничтожили", f"{act.maker} (составил акт); {act.approver} (утвердил)"),
        ("Информационная система", SYSTEM),
        ("Способ уничтожения", MEANS),
        ("Причина уничтожения", REASONS[act.reason]),
        ("Дата уничтожения", f"{done_at:%d.%m.%Y}"),
    ]
    data = {
        "title": f"Акт № {act.number} об уничтожении персональных данных",
        "operator": act.operator_name,
        "day": f"{done_at:%d.%m.%Y}",
        "approver": act.approver,
        "approved": _moment(act.approved_at, zone),
        "maker": act.maker,
        "system": SYSTEM,
        "subject": act.subject,
        "reason": REASONS[act.reason],
        "id": str(act.id),
        "fields": [list(pair) for pair in fields],
        "rows": [_row(part, zone) for part in parts],
    }
    return documents.pdf_apart(TEMPLATE, data, done_at)


def _row(part: DestructionPart, zone: ZoneInfo) -> dict[str, Any]:
    category = CATEGORIES[part.category]
    return {
        "title": category.title,
        "which": f"до {part.before:%d.%m.%Y}, считая {category.counted_from}"
        if part.before
        else "все данные субъекта",
        "place": PARTS_OF_SYSTEM[category.service],
        "count": str(part.destroyed),
        "moment": _moment(part.done_at, zone),
        "order": str(part.id),
    }


def _moment(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M:%S}" if moment else ""
