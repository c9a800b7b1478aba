"""Sentences that modules of every page need, and JSON that may stand in a page."""

from __future__ import annotations

import functools
from typing import Any

import orjson
from flask_babel import gettext as _
from markupsafe import Markup


def script_json(value: Any) -> Markup:
    """JSON that may stand inside a script element."""
    text = orjson.dumps(value).decode()
    for sign in "<\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - "<" is gone, so nothing can end the element


@functools.cache
def common_words(icons: str, _language: str) -> Markup:
    """The save state, the sign-in dialog and the question at sign-out, in the language of the request."""
    return script_json(
        {
            "icons": icons,
            "saved": _("Сохранено"),
            "saving": _("Сохраняю…"),
            "offline": _("Нет связи, на этом компьютере сохранено:"),
            "noNetwork": _("Нет связи"),
            "conflicts": _("Расходятся:"),
            "login": _("Логин"),
            "password": _("Пароль"),
            "signIn": _("Войти"),
            "sessionEnded": _("Сеанс закончился"),
            "sessionKept": _("Всё, что вы ввели, осталось на этом компьютере и отправится после входа."),
            "wrongPassword": _("Логин или пароль не подошли."),
            "code": _("Код из приложения"),
            "wrongCode": _("Код не подошёл. Дождитесь следующего."),
            "tooMany": _("Слишком много попыток. Подождите немного."),
            "unsent": _("Не отправлено записей:"),
            "unsentWhat": _("Если выйти сейчас, они пропадут. Отправить их можно, когда есть связь."),
            "send": _("Отправить и выйти"),
            "download": _("Скачать файлом"),
            "discard": _("Удалить и выйти"),
            "stay": _("Остаться"),
        }
    )
