"""A class list comes in: columns, problems, what will happen, and one button that does exactly that."""

from __future__ import annotations

import uuid
from typing import Any

import flask
from flask_babel import gettext as _
from flask_babel import ngettext

from services.web import forms
from services.web.clients import ApiError
from services.web.person import allowed, ask, forget_rights, signed_in

page = flask.Blueprint("imports", __name__)

_SHOWN_ROWS = 100


@page.get("/import")
@allowed("IMPORT")
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


@page.post("/import/<uuid:import_id>/columns")
@signed_in
def set_columns(import_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """What the columns hold, as chosen on the page."""
    found = ask("journal", "GET", f"/imports/{import_id}")
    mapping = [forms.text(f"column-{column['index']}") or None for column in found["columns"]]
    try:
        ask("journal", "PUT", f"/imports/{import_id}/mapping", body={"mapping": mapping})
    except ApiError as error:
        chosen = [field for field in mapping if field]
        twice = next((field for field in chosen if chosen.count(field) > 1), None)
        if error.status != 422 or twice is None:
            raise
        for column, field in zip(found["columns"], mapping, strict=True):
            column["field"] = field
        said = _("«%(title)s» выбрано для двух столбцов.", title=field_titles().get(twice, twice))
        return flask.make_response(_show(found, {"": said}), 422)
    return flask.redirect(f"/import/{import_id}", 303)


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
        "pages/imports/done.html", section="import", counts=counts_in_words(answer["counts"])
    )


def _show(found: dict[str, Any], errors: forms.Errors) -> str:
    rows = found["preview"]["rows"]
    return flask.render_template(
        "pages/imports/one.html",
        section="import",
        found=found,
        rows=rows[:_SHOWN_ROWS],
        total=len(rows),
        blocked=any(problem["level"] == "error" for problem in found["problems"]),
        counts=counts_in_words(found["preview"]["counts"]),
        fields=field_titles(),
        actions=action_titles(),
        errors=errors,
    )


def counts_in_words(counts: dict[str, int]) -> list[tuple[int, str]]:
    """Numbers and what they count, without the zeros."""
    words = {
        "insert": ngettext("новый ученик", "новых учеников", counts["insert"]),
        "change": ngettext("изменится", "изменятся", counts["change"]),
        "unchanged": _("без изменений"),
        "classes": ngettext("новый класс", "новых классов", counts["classes"]),
        "enrollments": ngettext("зачисление", "зачислений", counts["enrollments"]),
        "guardians": ngettext("новый родитель", "новых родителей", counts["guardians"]),
        "guardianships": ngettext("связь с ребёнком", "связей с детьми", counts["guardianships"]),
        "consents": ngettext("согласие", "согласий", counts["consents"]),
        "refusals": ngettext("отказ", "отказов", counts["refusals"]),
    }
    return [(counts[name], title) for name, title in words.items() if counts[name]]


def field_titles() -> dict[str, str]:
    """What a column may hold, in the order in which a list is offered it."""
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
        "phone": _("Телефон"),
        "email": _("Почта"),
    }
    for n in ("1", "2", "3", "4"):
        titles |= {
            f"guardian{n}_name": _("Родитель %(n)s", n=n),
            f"guardian{n}_relation": _("Родство %(n)s", n=n),
            f"guardian{n}_phone": _("Телефон родителя %(n)s", n=n),
            f"guardian{n}_email": _("Почта родителя %(n)s", n=n),
            f"guardian{n}_consent": _("Согласие %(n)s", n=n),
        }
    # Known by their headers, but the journal keeps no such data.
    return titles | {
        "number": _("№ по порядку"),
        "order_date": _("Дата приказа"),
        "snils": _("СНИЛС"),
        "address": _("Адрес"),
        "login": _("Логин"),
    }


def action_titles() -> dict[str, str]:
    return {
        "insert": _("новый"),
        "change": _("с изменениями"),
        "unchanged": _("без изменений"),
    }
