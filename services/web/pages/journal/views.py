"""The journal page: the grid, its background questions, and period marks."""

from __future__ import annotations

import functools
import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import flask
from babel.dates import get_day_names, get_month_names
from flask_babel import gettext as _
from markupsafe import Markup

from services.common.text import whole_number
from services.web import forms, i18n
from services.web.pages.journal.grid import Words, grid_html
from services.web.person import ask, asker, backend, person, signed_in
from services.web.sentences import script_json

page = flask.Blueprint("journal", __name__)


@page.get("/journal/<uuid:course>")
@signed_in
def journal(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    answer = backend().ask(asker(), "journal", "GET", f"/courses/{course}/page", params=_span())
    found = answer.json
    today = _today()
    body = flask.render_template(
        "pages/journal/page.html",
        section="journals",
        found=found,
        table=grid_html(found, today, _words(i18n.language())),
        data=script_json(found),
        words=_grid_words(i18n.language()),
        etag=answer.headers.get("ETag", ""),
        today=today.isoformat(),
        view="marks",
        **_periods(found),
    )
    return flask.make_response(body)


@page.get("/journal/<uuid:course>/page.json")
@signed_in
def page_json(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """The service's own answer, for the grid's look every few seconds; 304 as it says."""
    known = flask.request.headers.get("If-None-Match")
    headers = {"If-None-Match": known} if known else {}
    answer = backend().ask(asker(), "journal", "GET", f"/courses/{course}/page", params=_span(), headers=headers)
    return _passed_on(answer.status, answer.content, answer.headers.get("ETag"))


@page.patch("/journal/<uuid:course>/page")
@signed_in
def save_page(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """The grid's operations, passed on unchanged."""
    answer = backend().ask(
        asker(),
        "journal",
        "PATCH",
        f"/courses/{course}/page",
        content=flask.request.get_data(),
        headers={"Content-Type": "application/json"},
    )
    return _passed_on(answer.status, answer.content, None)


@page.get("/journal/<uuid:course>/totals")
@signed_in
def totals(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    return _totals_page(course, {}, {})


@page.post("/journal/<uuid:course>/totals")
@signed_in
def save_totals(course: uuid.UUID) -> flask.typing.ResponseReturnValue:
    operations = _period_mark_operations()
    if not operations:
        return _totals_page(course, {}, {})
    period = forms.text("period")
    answer = ask(
        "journal",
        "PUT",
        f"/courses/{course}/period-marks",
        params={"period": period},
        body={"operations": operations},
    )
    return _totals_page(course, answer, {operation["op_id"]: operation for operation in operations})


def _period_mark_operations() -> list[dict[str, Any]]:
    """Only what was changed in the form: each row carries what it showed and its version."""
    form = flask.request.form
    operations: list[dict[str, Any]] = []
    for name in form:
        if not name.startswith("mark-") or form[name] == form.get(f"was-{name[5:]}", ""):
            continue
        student = name[5:]
        symbol, _colon, reason = form[name].partition(":")
        version = form.get(f"version-{student}", "")
        operation: dict[str, Any] = {
            "op_id": form.get(f"op-{student}", str(uuid.uuid4())),
            "student_id": student,
            "symbol": symbol or None,
            "base_version": whole_number(version),
        }
        if reason:
            operation["reason"] = reason
        operations.append(operation)
    return operations


def _totals_page(course: uuid.UUID, answer: dict[str, Any], sent: dict[str, Any]) -> flask.typing.ResponseReturnValue:
    found = ask("journal", "GET", f"/courses/{course}/page", params=_span())
    if found["period"] is None:
        flask.abort(404)
    marks = ask("journal", "GET", f"/courses/{course}/period-marks", params={"period": found["period"]["id"]})
    conflicts = {sent[one["op_id"]]["student_id"]: one for one in answer.get("conflicts", ())}
    refused = {sent[one["op_id"]]["student_id"]: one for one in answer.get("refused", ())}
    return flask.render_template(
        "pages/journal/totals.html",
        section="journals",
        found=found,
        rows=marks["cells"],
        students=marks["students"],
        saved=len(answer.get("applied", ())),
        conflicts=conflicts,
        refused=refused,
        mine={operation["student_id"]: operation["symbol"] for operation in sent.values()},
        new_op=lambda: str(uuid.uuid4()),
        view="totals",
        **_periods(found),
    )


def _passed_on(status: int, content: bytes, etag: str | None) -> flask.Response:
    response = flask.Response(content, status=status, mimetype="application/json")
    if etag:
        response.headers["ETag"] = etag
        # Flask-Compress would rewrite the tag, and the service would not know its own.
        response.headers["Cache-Control"] = "no-store, no-transform"
    return response


def _span() -> dict[str, str]:
    given = {name: forms.a_date(flask.request.args.get(name)) for name in ("from", "to")}
    return {name: day.isoformat() for name, day in given.items() if day}


def _today() -> date:
    return datetime.now(ZoneInfo(person().zone)).date()


def _periods(found: dict[str, Any]) -> dict[str, Any]:
    """The neighbours of the shown period, for the switch."""
    periods, shown = found["periods"], found["period"]
    place = next((index for index, one in enumerate(periods) if shown and one["id"] == shown["id"]), None)
    if place is None:
        return {"before": None, "after": next(iter(periods), None)}
    return {
        "before": periods[place - 1] if place else None,
        "after": periods[place + 1] if place + 1 < len(periods) else None,
    }


@functools.cache
def _words(language: str) -> Words:
    return Words(
        student=_("Ученик"),
        average=_("Ср."),
        months=tuple(get_month_names("wide", context="stand-alone", locale=language).values()),
        spoken=spoken_letters(),
        comma=language == "ru",
    )


def spoken_letters() -> dict[str, str]:
    """Letters in full words."""
    return {
        "Н": _("не был"),
        "ОП": _("опоздал"),
        "ОСВ": _("освобождён"),
        "Б": _("не был, болезнь"),
        "УП": _("не был, уважительная причина"),
        "НП": _("не был без уважительной причины"),
    }


@functools.cache
def _grid_words(language: str) -> Markup:
    """Sentences that the grid's modules need, in the language of the request."""
    words = {
        "student": _("Ученик"),
        "average": _("Ср."),
        "months": list(_words(language).months),
        "spoken": spoken_letters(),
        "comma": language == "ru",
        "yours": _("Ваше"),
        "theirs": _("В журнале"),
        "keepMine": _("Оставить моё"),
        "takeTheirs": _("Принять"),
        "empty": _("пусто"),
        "now": _("сейчас"),
        "changedElsewhere": _("изменена с другого компьютера"),
        "refusedTitle": _("Не записано"),
        "understood": _("Понятно"),
        "madeUp": _("Это отработка"),
        "closed": _("Этот столбец закрыт для изменений."),
        "later": _("Этот урок ещё не наступил."),
        "pasted": _("Вставлено: {done}, не подошло: {refused}."),
        "saved": _("Сохранено: {count}"),
        "noMarkYet": _("отметки пока нет"),
        "comment": _("есть комментарий"),
        "conflict": _("расхождение: решите, какое значение оставить"),
        "waiting": _("ещё не отправлено"),
        "checked": _("отмечена"),
        "notChecked": _("не отмечена"),
        "lesson": _("Урок {number}"),
        "weight": _("вес {weight}"),
        "mean": _("ср."),
        "present": _("остальные на месте"),
        "noTopic": _("Тема не записана"),
        "down": _("вниз"),
        "aside": _("вправо"),
        "answer": _("Ответ на уроке"),
        "problems": refusal_sentences(),
        "refusedAny": _("Журнал не принял это значение."),
        "days": _weekdays(language),
        "ofMonth": list(get_month_names("wide", context="format", locale=language).values()),
        "undoEmpty": _("Отменять нечего"),
        "copied": _("Скопировано клеток: {count}"),
    }
    return script_json(words)


def _weekdays(language: str) -> list[str]:
    """Names of days, Monday first, wherever the language begins its week."""
    names = get_day_names("wide", context="format", locale=language)
    return [names[number] for number in range(7)]


def refusal_sentences() -> dict[str, str]:
    """Why a service did not take an operation, by the code of its problem."""
    return {
        "not-editable": _("Урок закрыт для изменений."),
        "period-closed": _("Период закрыт. Исправление разрешает завуч."),
        "absent": _("Ученик отмечен как отсутствующий. Отметка возможна только как отработка."),
        "has-mark": _("У ученика есть отметка за этот урок. Сначала сотрите её."),
        "op-id-reused": _("Эта запись уже отправлена с другим значением. Наберите её ещё раз."),
        "not-a-member": _("В этот день ученик не был в классе."),
        "not-on-scale": _("Такого знака нет в шкале этого предмета."),
        "unknown-target": _("Урок или работа больше не существует."),
        "forbidden": _("У вас нет права менять этот журнал."),
        "not-found": _("Этот журнал вам больше не открыт."),
    }
