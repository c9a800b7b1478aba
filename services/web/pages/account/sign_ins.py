"""What happened at an account's door, in words."""

from __future__ import annotations

from typing import Any

import flask
from flask_babel import gettext as _

from services.web.person import ask, signed_in

page = flask.Blueprint("sign_ins", __name__)

ALARMING = frozenset({"wrong_password", "wrong_code", "delayed"})
_AT_ONCE = 50


def sentence(kind: str) -> str:
    """What an entry of the log says."""
    return {
        "signed_in": _("Вход"),
        "signed_out": _("Выход"),
        "wrong_password": _("Неверный пароль"),
        "wrong_code": _("Неверный код второго шага"),
        "delayed": _("Слишком много попыток: вход притормозили"),
        "factor_set": _("Второй шаг включён"),
        "factor_ended": _("Второй шаг выключен"),
        "recovery_codes_made": _("Сделаны новые запасные коды"),
        "recovery_code_used": _("Использован запасной код"),
        "password_changed": _("Пароль изменён"),
        "password_reset": _("Новый пароль по листку"),
        "reset_asked": _("Просьба о новом коде: забыт пароль"),
        "session_ended": _("Вход на устройстве завершён"),
        "device_forgotten": _("Устройство забыто"),
        "slip_used": _("Использован код из листка"),
        "school_changed": _("Переход в эту школу"),
    }[kind]


def entries(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the table shows them."""
    return [one | {"says": sentence(one["kind"]), "alarming": one["kind"] in ALARMING} for one in items]


@page.get("/me/sign-ins")
@signed_in
def own() -> flask.typing.ResponseReturnValue:
    found = ask("accounts", "GET", "/me/sign-ins", params=paging())
    return flask.render_template(
        "pages/account/sign_ins.html",
        section="me",
        heading=_("Что происходило с вашим входом"),
        rows=entries(found["items"]),
        following=found["next"],
        back=("/me", _("К настройкам")),
        here="/me/sign-ins",
        may_end=None,
    )


def paging() -> dict[str, Any]:
    """What the address says of where to go on."""
    cursor = flask.request.args.get("cursor")
    return {"limit": _AT_ONCE} | ({"cursor": cursor} if cursor else {})
