"""How people read what the journal stores: codes and entries of the log of changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

STATUS = {"absent": "не был", "late": "опоздал", "exempt": "освобождён"}
EXCUSE = {"ill": "болезнь", "valid": "уважительная причина", "invalid": "неуважительная причина"}
NOT_ATTESTED = {"valid": "болезнь и другие уважительные причины", "programme": "по программе"}
CONTACT = {"email": "электронная почта", "phone": "телефон"}
DECISION = {"given": "согласие", "refused": "отказ"}
OBJECT = {
    "person": "карточка",
    "student": "личное дело ученика",
    "staff": "работа в школе",
    "contact": "контакт",
    "guardianship": "представительство",
    "enrollment": "зачисление в класс",
    "declared_consent": "согласие по списку",
    "class_teacher": "классное руководство",
    "course_teacher": "ведение предмета",
    "mark": "отметка",
    "attendance": "посещаемость",
    "period_mark": "отметка за период",
    "excuse": "причина отсутствия",
}
ACTION = {"insert": "внесено", "update": "изменено", "delete": "удалено"}
ORIGIN = {
    "interactive": "сотрудником или семьёй",
    "import": "загрузкой списка",
    "generator": "при создании школы",
    "restore": "при восстановлении",
    "correction": "исправлением",
}

_COLUMN = {
    "last_name": "фамилия",
    "first_name": "имя",
    "middle_name": "отчество",
    "birth_date": "дата рождения",
    "left_on": "выбыл",
    "admitted_on": "дата зачисления",
    "order_number": "приказ",
    "personal_file_number": "номер личного дела",
    "sex": "пол",
    "position": "должность",
    "kind": "что",
    "value": "значение",
    "relation": "кем приходится",
    "from_day": "с",
    "to_day": "до",
    "restricted": "доступ ограничен",
    "decision": "решение",
    "signed_on": "дата",
    "symbol": "отметка",
    "slot": "в клетке",
    "made_up": "взамен прежней",
    "comment": "комментарий",
    "status": "посещение",
    "minutes_late": "минут опоздания",
    "reason": "причина",
    "annulled_at": "отменено",
}
_CODES: Mapping[str, Mapping[str, str]] = {
    "kind": CONTACT,
    "decision": DECISION,
    "status": STATUS,
    "reason": NOT_ATTESTED,
    "slot": {"0": "первая", "1": "вторая"},
}
_NOTHING = "—"


def change_in_words(change: Sequence[Mapping[str, Any] | None]) -> str:
    """«фамилия: Ларина → Белова» of the old and the new part of an entry in the log; «…» stands where the log keeps
    only that something changed. Ids are left out: whom or what they name is told beside the change.
    """
    old, new = (part or {} for part in change)
    names = [name for name in _COLUMN if name in old or name in new]
    names += sorted(name for name in {**old, **new} if name not in _COLUMN and not name.endswith("_id"))
    if old:
        steps = [(name, f"{_read(name, old.get(name))} → {_read(name, new.get(name))}") for name in names]
    else:
        steps = [(name, _read(name, new[name])) for name in names if new[name] not in (None, "")]
    return "; ".join(f"{_COLUMN.get(name, name)}: {step}" for name, step in steps)


def _read(name: str, value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return "да" if value else "нет"
    return _CODES.get(name, {}).get(str(value), str(value))
