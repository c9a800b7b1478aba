"""Roles of the institution in words."""

from __future__ import annotations

from flask_babel import gettext as _


def role_titles() -> dict[str, str]:
    """By code, in the order in which they are shown."""
    return {
        "director": _("Директор"),
        "deputy": _("Заместитель директора"),
        "administrator": _("Администратор журнала"),
        "secretary": _("Секретарь"),
        "medic": _("Медицинский работник"),
    }
