"""Purposes, states and terms of consents in words, for families and for the office."""

from __future__ import annotations

from flask_babel import gettext as _

PURPOSES = ("diary", "mail", "photo", "third_parties")
UNDECIDED = frozenset({"missing", "expired"})
"""States in which a decision is still, or again, to be made."""


def purpose_titles() -> dict[str, str]:
    return {
        "diary": _("Электронный дневник"),
        "mail": _("Письма о событиях"),
        "photo": _("Фотографии на сайте школы"),
        "third_parties": _("Участие в олимпиадах"),
    }


def short_titles() -> dict[str, str]:
    """For heads of columns."""
    return {"diary": _("Дневник"), "mail": _("Письма"), "photo": _("Фото"), "third_parties": _("Олимпиады")}


def state_titles() -> dict[str, str]:
    return {
        "given": _("дано"),
        "refused": _("отказано"),
        "withdrawn": _("отозвано"),
        "expired": _("срок вышел"),
        "missing": _("нет решения"),
        "disputed": _("оспорено"),
    }


def source_titles() -> dict[str, str]:
    return {"office": _("на бумаге"), "system": _("в журнале"), "import": _("по списку школы")}


def method_titles() -> dict[str, str]:
    return {
        "mixed": _("смешанная: автоматизированная и без средств автоматизации"),
        "automated": _("автоматизированная"),
        "manual": _("без средств автоматизации"),
    }


def term_titles() -> dict[str, str]:
    return {
        "leaving": _("до окончания обучения в школе"),
        "school_year": _("до 31 августа учебного года"),
        "day": _("до указанного дня"),
    }
