"""From forms to questions and from refusals to words beside the fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import flask
from flask_babel import gettext as _
from flask_babel import ngettext

from services.web.clients import ApiError

Errors = dict[str, str]


def errors_by_field(error: ApiError, known: Mapping[str, str] | None = None) -> Errors:
    """What to say beside which field; under "" what belongs to none."""
    found: Errors = {}
    for entry in error.errors:
        name = str(entry.get("pointer", "")).strip("/").split("/")[0]
        if known is not None and name in known:
            found[name] = known[name]
        elif name:
            found[name] = _("Проверьте это поле.")
    return found


def password_refused() -> str:
    """Beside a new password that was not taken."""
    return _("Такой пароль легко угадать. Нужно не меньше 8 знаков, не слово с годом и не ряд клавиш.")


def too_many(error: ApiError) -> str:
    """When somebody has to wait."""
    return ngettext(
        "Слишком много попыток. Попробуйте через %(num)d секунду.",
        "Слишком много попыток. Попробуйте через %(num)d секунд.",
        error.retry_after or 60,
    )


def refusal(error: ApiError, sentences: Mapping[str, str] | None = None) -> Errors:
    """Words for a refusal of a form; raises what no form can mend."""
    if error.status not in (400, 403, 409, 412, 422) or error.code == "confirm-password":
        raise error
    sentence = (sentences or {}).get(error.code)
    if sentence:
        return {"": sentence}
    found = errors_by_field(error)
    if found:
        return {"": _("Проверьте отмеченные поля.")} | found
    general = {
        403: _("На это нет права."),
        409: _("Так сделать нельзя: это противоречит тому, что уже записано."),
        412: _("Пока вы заполняли, это изменил кто-то другой. Откройте страницу заново."),
    }
    return {"": general.get(error.status, _("Одно из значений не подходит."))}


def text(name: str) -> str:
    """A field without blanks around it."""
    return flask.request.form.get(name, "").strip()


def filled(*names: str) -> dict[str, str]:
    """The named fields that are not empty."""
    return {name: text(name) for name in names if text(name)}


def a_date(value: str | None) -> date | None:
    """A day as forms send it or as people type it; None for anything else."""
    value = (value or "").strip()
    parts = value.split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        value = f"{parts[2]:0>4}-{parts[1]:0>2}-{parts[0]:0>2}"
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_id(value: str | None) -> bool:
    """Whether this may stand in a path."""
    try:
        return str(UUID(value or "")) == (value or "").lower()
    except ValueError:
        return False
