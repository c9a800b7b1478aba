"""Kinds and audiences as pages call them."""

from __future__ import annotations

from flask_babel import gettext as _


def kinds() -> dict[str, str]:
    return {"rules": _("Правила"), "guide": _("Памятка")}


def audiences() -> dict[str, str]:
    return {
        "everyone": _("Для всех"),
        "pupils": _("Для учеников"),
        "guardians": _("Для родителей"),
        "teachers": _("Для сотрудников"),
    }
