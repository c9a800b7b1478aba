"""Refusals and failures in words of people, as a page or, for the page's own modules, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import flask
import orjson
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from services.common.logging import logger
from services.web import confirming, security
from services.web.clients import ApiError
from services.web.person import person_or_none

log = logger(__name__)


@dataclass(frozen=True)
class Words:
    """What a page of refusal says."""

    title: str
    text: str


def words(status: int, code: str = "") -> Words:
    """The sentences for a status."""
    table = {
        400: Words(_("Страница не поняла запрос"), _("Вернитесь назад и попробуйте ещё раз.")),
        403: Words(
            _("Сюда вам нельзя"),
            _("Такое право даёт школа. Если оно вам нужно, обратитесь к администратору школы."),
        ),
        404: Words(
            _("Такой страницы нет"),
            _("Возможно, ссылка устарела или вам не открыт доступ к этой странице."),
        ),
        405: Words(_("Так эту страницу открыть нельзя"), _("Вернитесь назад и нажмите кнопку ещё раз.")),
        409: Words(
            _("Данные уже изменились"),
            _("Пока вы работали, их изменил кто-то другой. Откройте страницу заново и повторите."),
        ),
        413: Words(_("Файл слишком большой"), _("Можно загрузить файл до 20 МБ.")),
        422: Words(_("Не получилось сохранить"), _("Одно из значений не подходит. Вернитесь и проверьте поля.")),
        429: Words(_("Слишком часто"), _("Подождите немного и попробуйте ещё раз.")),
        503: Words(
            _("Сейчас не отвечает"),
            _("Часть журнала временно недоступна. Ничего не потеряно: попробуйте через минуту."),
        ),
    }
    if code.startswith("consent"):
        return Words(
            _("Нет согласия на дневник"),
            _("Дневник этого ребёнка открывается после согласия на обработку данных. Решение принимаете вы."),
        )
    if code == "second-factor-required":
        return Words(
            _("Сначала настройте второй шаг входа"),
            _("Школа открывает эту роль тем, кто входит с кодом из приложения. Настройка занимает две минуты."),
        )
    return table.get(status) or Words(
        _("Что-то сломалось"), _("Мы уже записали ошибку. Попробуйте ещё раз через минуту.")
    )


def register(app: flask.Flask) -> None:
    """One handler for what services refuse, one for what Flask does, one for our own slips."""
    app.register_error_handler(ApiError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def _wants_json() -> bool:
    return flask.request.headers.get("Zhurnal-Module") == "1"


def _refused(error: ApiError) -> flask.typing.ResponseReturnValue:
    if _wants_json():
        return _problem(error.status, dict(error.problem), error.retry_after)
    if error.status == 401:
        return to_sign_in()
    if error.code == confirming.CODE and flask.request.method == "POST":
        return confirming.confirm_page()
    return _page(error.status, error.code, error.retry_after)


def _http(error: HTTPException) -> flask.typing.ResponseReturnValue:
    if isinstance(error.response, flask.Response):
        return error.response
    status = error.code or 500
    return _problem(status, {"title": error.name}, None) if _wants_json() else _page(status)


def _unknown(error: Exception) -> flask.typing.ResponseReturnValue:
    log.error("page.failed", error=type(error).__name__, exc_info=error)
    return _problem(500, {"title": "Failed"}, None) if _wants_json() else _page(500)


def to_sign_in() -> flask.typing.ResponseReturnValue:
    """To the sign-in page, and back afterwards when it was only looking."""
    back = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else "/"
    query = f"?{urlencode({'next': back})}" if security.safe_next(back) != "/" else ""
    return flask.redirect(f"/login{query}", 303)


def _problem(status: int, problem: dict[str, object], retry_after: int | None) -> flask.Response:
    response = flask.Response(
        orjson.dumps({"status": status} | problem), status=status, mimetype="application/problem+json"
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _page(status: int, code: str = "", retry_after: int | None = None) -> flask.Response:
    body = flask.render_template(
        "templates/error.html",
        status=status,
        code=code,
        words=words(status, code),
        person=person_or_none(),
        request_id=flask.g.get("request_id", ""),
    )
    response = flask.make_response(body, status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(retry_after or 5)
    return response
