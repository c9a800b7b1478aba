"""A class list comes in: columns, problems, what will happen, and one button that does exactly that."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _
from flask_babel import ngettext

from services.web import forms
from services.web.clients import ApiError
from services.web.person import ask, forget_rights, signed_in

page = flask.Blueprint("imports", __name__)

_SHOWN_ROWS = 100


@page.get("/import")
@signed_in
def upload_form() -> flask.typing.ResponseReturnValue:
    return flask.render_template("pages/imports/upload.html", section="import", errors={})


@page.post("/import")
@signed_in
def upload() -> flask.typing.ResponseReturnValue:
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        return _upload_again({"file": _("Выберите файл.")}, 422)
    try:
        made = ask(
            "journal",
            "POST",
            "/imports",
            files={"file": (sent.filename, sent.stream.read(), "application/octet-stream")},
            data={"kind": "students"},
        )
    except ApiError as error:
        if error.status not in (400, 413, 415, 422):
            raise
        return _upload_again({"file": _why_unreadable(error)}, error.status)
    return flask.redirect(f"/import/{made['id']}", 303)


def _upload_again(errors: forms.Errors, status: int) -> flask.Response:
    body = flask.render_template("pages/imports/upload.html", section="import", errors=errors)
    return flask.make_response(body, status)


def _why_unreadable(error: ApiError) -> str:
    if error.status == 413:
        return _("Файл слишком большой.")
    sentences = {
        "encoding": _("Не удалось понять кодировку файла. Сохраните его из Excel как «CSV UTF-8» или XLSX."),
        "empty-file": _("Файл пустой."),
        "unreadable": _("Это не таблица CSV и не книга Excel."),
    }
    return sentences.get(error.code) or _("Файл не удалось прочитать: нужна таблица CSV или книга Excel.")


@page.get("/import/<uuid:import_id>")
@signed_in
def one(import_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _show(ask("journal", "GET", f"/imports/{import_id}"), {})


@page.post("/import/<uuid:import_id>")
@signed_in
def commit(import_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """Does what the page showed: the digest says which plan that was."""
    body = {"digest": forms.text("digest")}
    try:
        answer = ask("journal", "POST", f"/imports/{import_id}/commit", body=body)
    except ApiError as error:
        if error.status != 409:
            raise
        sentences = {
            "plan-changed": _("Пока вы смотрели, данные школы изменились. Ниже новый результат: проверьте его."),
            "has-problems": _("В файле остались ошибки: исправьте их и загрузите файл снова."),
        }
        found = ask("journal", "GET", f"/imports/{import_id}")
        return flask.make_response(_show(found, forms.refusal(error, sentences)), 409)
    forget_rights()
    return flask.render_template(
        "pages/imports/done.html", section="import", counts=counts_in_words(answer.get("counts") or {})
    )


def _show(found: dict[str, Any], errors: forms.Errors) -> str:
    preview = found.get("preview") or {}
    return flask.render_template(
        "pages/imports/one.html",
        section="import",
        found=found,
        columns=found.get("columns") or [],
        problems=found.get("problems") or [],
        rows=(preview.get("rows") or [])[:_SHOWN_ROWS],
        total=len(preview.get("rows") or []),
        counts=counts_in_words(preview.get("counts") or {}),
        fields=field_titles(),
        actions=action_titles(),
        errors=errors,
    )


def counts_in_words(counts: dict[str, Any]) -> list[tuple[int, str]]:
    """Numbers and what they count, without the zeros."""
    words = {
        "students": ngettext("ученик", "учеников", int(counts.get("students") or 0)),
        "guardians": ngettext("родитель", "родителей", int(counts.get("guardians") or 0)),
        "insert": _("новых"),
        "change": _("изменится"),
        "unchanged": _("без изменений"),
        "consents": _("согласий"),
        "refusals": _("отказов"),
        "classes": _("классов"),
        "guardianships": _("связей с родителями"),
        "enrollments": _("зачислений"),
    }
    return [
        (value, words.get(name, name))
        for name, value in counts.items()
        if isinstance(value, int) and not isinstance(value, bool) and value
    ]


def field_titles() -> dict[str, str]:
    """What a column may hold."""
    titles = {
        "class": _("Класс"),
        "full_name": _("Фамилия, имя, отчество"),
        "last_name": _("Фамилия"),
        "first_name": _("Имя"),
        "middle_name": _("Отчество"),
        "birth_date": _("Дата рождения"),
        "sex": _("Пол"),
        "file_number": _("№ личного дела"),
        "admitted_on": _("Дата зачисления"),
        "order_number": _("Приказ №"),
        "order_date": _("Дата приказа"),
        "snils": _("СНИЛС"),
        "phone": _("Телефон"),
        "email": _("Почта"),
        "address": _("Адрес"),
        "number": _("№ по порядку"),
        "ignore": _("не берём"),
    }
    for ordinal in ("1", "2"):
        titles |= {
            f"guardian{ordinal}_name": _("Родитель %(n)s", n=ordinal),
            f"guardian{ordinal}_relation": _("Родство %(n)s", n=ordinal),
            f"guardian{ordinal}_phone": _("Телефон родителя %(n)s", n=ordinal),
            f"guardian{ordinal}_email": _("Почта родителя %(n)s", n=ordinal),
            f"guardian{ordinal}_consent": _("Согласие %(n)s", n=ordinal),
        }
    return titles


def action_titles() -> dict[str, str]:
    return {
        "insert": _("новый"),
        "change": _("изменится"),
        "unchanged": _("без изменений"),
        "skip": _("не загружаем"),
    }
