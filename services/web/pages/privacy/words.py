"""Words of requests about personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext


def kind_titles() -> dict[str, str]:
    return {
        "access": _("Что хранится"),
        "correction": _("Исправить"),
        "restriction": _("Ограничить обработку"),
        "erasure": _("Удалить"),
    }


def kind_hints() -> dict[str, str]:
    """Beside each kind, what follows; the terms are those of the law."""
    return {
        "access": _("Школа соберёт всё, что записано, и отдаст файлом. Срок – 10 рабочих дней."),
        "correction": _("Напишите, что неверно и как правильно. Срок – 7 рабочих дней."),
        "restriction": _("Пока идёт спор, дневник и письма остановятся. Решение – на следующий рабочий день."),
        "erasure": _("Отметки и журналы школа обязана хранить; остальное удалит. Срок – 10 рабочих дней."),
    }


def ground_titles() -> dict[str, str]:
    return {
        "kept_by_law": _("Закон обязывает хранить эти данные"),
        "data_correct": _("Записанное подтверждено документами"),
        "no_authority": _("Обратился не сам человек и не его представитель"),
        "repeated": _("То же запрошено раньше чем через 30 дней"),
        "others_rights": _("Ответ нарушит права других людей"),
        "other": _("Другое основание"),
    }


def outcome_titles() -> dict[str, str]:
    return {"granted": _("исполнен"), "refused": _("отказано"), "withdrawn": _("отозван")}


def service_titles() -> dict[str, str]:
    """What a reader calls the part of the system."""
    return {
        "accounts": _("Вход, согласия и обязанности"),
        "journal": _("Личное дело и журнал"),
        "notifications": _("Письма"),
        "reports": _("Отчёты"),
    }


def left(request: Mapping[str, Any]) -> str:
    """How long there is for an answer; empty once it is given."""
    days = request["working_days_left"]
    if days is None:
        return ""
    if request["urgency"] == "overdue":
        return _("срок прошёл")
    if days == 0:
        return _("последний день")
    return ngettext("остался %(num)d рабочий день", "осталось %(num)d рабочих дней", days)


def refusals() -> dict[str, str]:
    """By code of a problem."""
    return {
        "already-open": _("Такой запрос уже подан, и школа ещё не ответила."),
        "not-a-guardian": _("Этот человек не представляет ученика: попросите документ и запишите его родителем."),
        "kept-by-law": _("Эти данные закон велит хранить."),
        "closed": _("На этот запрос уже ответили."),
        "not-gathered": _("Ещё не все части системы ответили. Подождите минуту и откройте страницу снова."),
        "not-extendable": _("Для такого запроса закон не даёт продлить срок."),
        "extended-already": _("Срок уже продлён: второй раз нельзя."),
        "on-paper": _("Согласия на электронный дневник нет, поэтому ответ школа отдаёт на бумаге."),
        "not-kept": _("Собранное хранится 30 дней после ответа. Подайте новый запрос."),
    }
