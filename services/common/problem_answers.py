"""Problems as answers over HTTP (RFC 9457): what was raised on purpose, by the libraries, by the database."""

from __future__ import annotations

from typing import Any

import flask
import orjson
import sqlalchemy as sa
from werkzeug.exceptions import HTTPException

from services.common import problems
from services.common.logging import logger
from services.common.openapi import PROBLEM_TYPE

log = logger(__name__)


def register(app: flask.Flask) -> None:
    """Whatever is raised in a view of `app` is answered as a problem document, never as a page or a trace."""
    app.register_error_handler(problems.Problem, _answer)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(sa.exc.DBAPIError, _database_problem)
    app.register_error_handler(sa.exc.TimeoutError, _database_busy)
    app.register_error_handler(Exception, _unknown_problem)


def _answer(problem: problems.Problem) -> flask.Response:
    response = flask.Response(
        orjson.dumps(problem.document(), default=str),
        status=problem.status,
        mimetype=PROBLEM_TYPE,
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


class _HttpProblem(problems.Problem):
    """What Werkzeug or flask-smorest refused."""

    def __init__(self, error: HTTPException, **more: Any) -> None:
        self.status = error.code or 500
        self.code = (error.name or "error").lower().replace(" ", "-")
        self.title = error.name or "Error"
        super().__init__(error.description or "", **more)


def http_problem(error: HTTPException) -> flask.Response:
    """The answer to what Werkzeug or flask-smorest refused."""
    data = getattr(error, "data", None) or {}
    messages = data.get("messages") or {}
    if isinstance(messages, dict) and set(messages) <= {"json", "query", "path", "headers", "upload"}:
        found = [entry for part in messages.values() for entry in problems.pointers(part)]
    else:
        found = problems.pointers(messages) if messages else []
    if error.code == 422:
        return _answer(problems.UnprocessableError(errors=found))
    response = _answer(_HttpProblem(error, errors=found))
    original = error.get_response() if error.response is None else error.response
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in original.headers:
            response.headers[name] = original.headers[name]
    if error.code == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def _database_problem(error: sa.exc.DBAPIError) -> flask.Response:
    if isinstance(error, sa.exc.DataError):
        return _answer(problems.UnprocessableError("A value cannot be stored."))
    if isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError)):
        log.warning("database.unavailable", error=type(error.orig).__name__)
        return _answer(problems.UnavailableError(retry_after=2))
    if isinstance(error, sa.exc.IntegrityError):
        diagnosis = getattr(error.orig, "diag", None)
        log.warning("database.refused", constraint=getattr(diagnosis, "constraint_name", None))
        return _answer(problems.ConflictError("This contradicts what is stored already."))
    return _unknown_problem(error)


def _database_busy(_: sa.exc.TimeoutError) -> flask.Response:
    log.warning("database.busy")
    return _answer(problems.UnavailableError(retry_after=1))


def _unknown_problem(error: Exception) -> flask.Response:
    log.error("request.failed", error=type(error).__name__, exc_info=error)
    return _answer(problems.Problem())
