"""The Flask application that each service is: who asks, which problem, which request, is it alive.

A view declares its permission with `@requires(...)` or `@internal(...)`; an application with a silent route
does not start. Inside a view `viewer()`, `transaction()` and `read()` give identity and database.
"""

from __future__ import annotations

import functools
import hmac
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar, cast

import flask
import orjson
import prometheus_client
import sqlalchemy as sa
import structlog
from flask.json.provider import JSONProvider
from flask_limiter import Limiter
from flask_smorest import Api
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from services.common import openapi, problems, rates
from services.common import problem_answers as answers
from services.common.arguments import Blueprint
from services.common.db import Scope
from services.common.identity import Identity, looks_like_token, polling, token_digest
from services.common.logging import logger
from services.common.policy import PUBLIC
from services.common.proxies import TrustedProxies
from services.common.service import Service
from services.common.tally import Tallies

log = logger(__name__)

LARGEST_BODY = 1024 * 1024
LARGEST_UPLOAD = 21 * 1024 * 1024

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_REQUESTS = prometheus_client.Histogram(
    "zhurnal_request_seconds", "Time of a request", ["service", "method", "route", "status"]
)

View = TypeVar("View", bound=Callable[..., Any])


class _Json(JSONProvider):
    """orjson for everything: ids, days, moments and dataclasses as they are."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


class _Api(Api):
    """flask-smorest, answering problems as RFC 9457 says."""

    def handle_http_exception(self, error: HTTPException) -> flask.Response:
        return answers.http_problem(error)


# --- what a view may say -------------------------------------------------------------------------------


def requires(permission: StrEnum | str) -> Callable[[View], View]:
    """Declares what a route asks for. The bearer is known inside; the object's own rule is `access_*`'s.

    A refusal that rests on a remembered answer is looked into once more before it is spoken, so that a fresh
    role or consent works at once.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if permission == PUBLIC:
                return view(*args, **kwargs)
            before = viewer()
            try:
                return view(*args, **kwargs)
            except (problems.ForbiddenError, problems.NotFoundError) as refusal:
                again = _service().authenticator.identify_again(_bearer())
                if again is None:
                    raise problems.NotSignedInError from None
                if again == before:
                    raise _because_withheld(refusal) from None
                flask.g.identity = again
                return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.guard = None if permission == PUBLIC else _authenticate  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def _because_withheld(refusal: problems.Problem) -> problems.Problem:
    """The refusal, or the way out of it: a role that counts once its holder has a second factor."""
    if viewer().withheld and type(refusal) is problems.ForbiddenError and refusal.code == "forbidden":
        return problems.ForbiddenError("Set a second factor up first.", code="second-factor-required")
    return refusal


def upload(view: View) -> View:
    """Marks a route whose body is a file: it may be larger than what people type."""
    view.largest_body = LARGEST_UPLOAD  # type: ignore[attr-defined]
    return view


def internal(*callers: str) -> Callable[[View], View]:
    """Declares a route that only the named services may call, and never through the front port."""

    def guard() -> None:
        name = shown_service_token()
        if not name:
            raise problems.NotSignedInError("Show this service's own token.")
        if name not in callers:
            raise problems.ForbiddenError(f"{name} may not ask this.")

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        guarded.permission = openapi.INTERNAL + ", ".join(callers)  # type: ignore[attr-defined]
        guarded.guard = guard  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def viewer() -> Identity:
    """Who asks."""
    return cast(Identity, flask.g.identity)


def this_service() -> Service:
    """The service that answers, for what viewer and transaction do not give."""
    return _service()


def shown_service_token() -> str:
    """Name of the service whose own token the request shows; empty without one or with a wrong one."""
    name, _, token = flask.request.headers.get("Zhurnal-Service", "").partition(" ")
    expected = _service().settings.token_digests.get(name, "")
    return name if expected and hmac.compare_digest(expected, token_digest(token)) else ""


def bearer_token() -> str:
    """The token the request came with; empty without one."""
    return _bearer()


@contextmanager
def transaction(reason: str = "", origin: str = "interactive") -> Iterator[Session]:
    """A unit of work of the viewer's school; commits at the end of the block."""
    with _service().database.transaction(_scope(reason, origin)) as session:
        yield session


@contextmanager
def read() -> Iterator[Session]:
    """A read-only transaction of the viewer's school."""
    with _service().database.read(_scope("", "interactive")) as session:
        yield session


def current_request_id() -> str:
    return cast(str, flask.g.request_id)


def json_bytes(body: bytes, status: int = 200) -> flask.Response:
    """An answer that is JSON already: long lists go row -> orjson, past the schema."""
    return flask.Response(body, status=status, mimetype="application/json")


# --- making the application ----------------------------------------------------------------------------


def create_app(service: Service, title: str, blueprints: Sequence[Blueprint]) -> flask.Flask:
    """The WSGI application of `service`: routes under `/api/<service>/v1` and `/internal/<service>/v1`."""
    app = flask.Flask(f"services.{service.name}", static_folder=None, template_folder=None)
    app.config.update(
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/api/{service.name}",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json_provider_class = _Json
    app.json = _Json(app)
    app.extensions["zhurnal"] = service
    app.before_request(_begin_request)
    app.after_request(_end_request)
    answers.register(app)
    limiter = rates.fence(app, _limit_key)
    app.before_request(_settle_who_asks)  # after the count: a loop with a wrong token is one, too
    described = openapi.Routes(lambda endpoint: getattr(app.view_functions[endpoint], "permission", ""))
    api = _Api(app, spec_kwargs={"extra_plugins": [described]})
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    openapi.describe_fields(api.ma_plugin)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    _add_health(app, service, limiter)
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "permission") and not rule.endpoint.startswith("api-docs.")
    ]
    if silent:
        raise RuntimeError(f"routes without a permission: {silent}")
    if service.settings.trusted_proxies:
        # The address alone: by a host of the stranger's choosing internal routes could be reached.
        behind = TrustedProxies(app.wsgi_app, service.settings.trusted_proxies, scheme_and_host=False)
        app.wsgi_app = behind  # type: ignore[method-assign]
    return app


def _add_health(app: flask.Flask, service: Service, limiter: Limiter) -> None:
    @app.get(f"/api/{service.name}/healthz")
    @limiter.exempt
    @requires(PUBLIC)
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get(f"/api/{service.name}/readyz")
    @limiter.exempt
    @requires(PUBLIC)
    def readyz() -> tuple[dict[str, Any], int]:
        ready, details = readiness(service)
        if _on_front_port():
            details = {}
        return {"status": "ready" if ready else "not ready", **details}, 200 if ready else 503

    @app.get(f"/internal/{service.name}/metrics")
    @limiter.exempt
    @requires(PUBLIC)
    def metrics() -> flask.Response:
        counted = prometheus_client.CollectorRegistry()
        counted.register(Tallies(service.database, service.name))
        pages = [prometheus_client.generate_latest(registry) for registry in (_numbers(), counted)]
        return flask.Response(b"".join(pages), mimetype="text/plain")


def _numbers() -> prometheus_client.CollectorRegistry:
    """Of all processes that serve, where gunicorn has several; else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.REGISTRY
    registry = prometheus_client.CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def readiness(service: Service) -> tuple[bool, dict[str, Any]]:
    """Whether the service can serve, and what it needs for that in detail."""
    try:
        with service.database.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
        database = "ok"
    except sa.exc.SQLAlchemyError as error:
        database = type(error).__name__
    return database == "ok", {"database": database}


# --- one request ---------------------------------------------------------------------------------------


def _service() -> Service:
    return cast(Service, flask.current_app.extensions["zhurnal"])


def _bearer() -> str:
    scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _authenticate() -> None:
    token = _bearer()
    identity = _service().authenticator.identify(token) if token else None
    if identity is None:
        raise problems.NotSignedInError
    flask.g.identity = identity


def _scope(reason: str, origin: str) -> Scope:
    identity: Identity | None = flask.g.get("identity")
    return Scope(
        school_id=identity.school_id if identity else None,
        actor=f"person:{identity.person_id}" if identity else "",
        reason=reason,
        request_id=flask.g.request_id,
        origin=origin,
    )


def _limit_key() -> str:
    token = _bearer()
    return token_digest(token)[:16] if looks_like_token(token) else (flask.request.remote_addr or "unknown")


def _on_front_port() -> bool:
    port = _service().settings.internal_port
    return port is not None and flask.request.environ.get("SERVER_PORT") != str(port)


def _refuse_front_port() -> None:
    if _on_front_port():
        raise problems.NotFoundError


def _begin_request() -> None:
    given = flask.request.headers.get("X-Request-Id", "")
    flask.g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    flask.g.started = time.perf_counter()
    polling.set(flask.request.headers.get("Zhurnal-Poll") == "1")
    structlog.contextvars.bind_contextvars(request_id=flask.g.request_id)
    if flask.request.path.startswith("/internal/"):
        _refuse_front_port()
    view = flask.current_app.view_functions.get(flask.request.endpoint or "")
    flask.request.max_content_length = getattr(view, "largest_body", LARGEST_BODY)


def _settle_who_asks() -> None:
    # Before the body is read: what is wrong in it is nobody's business who has not said who he is.
    view = flask.current_app.view_functions.get(flask.request.endpoint or "")
    guard = getattr(view, "guard", None)
    if guard is not None:
        guard()


def _end_request(response: flask.Response) -> flask.Response:
    seconds = time.perf_counter() - flask.g.started
    route = flask.request.url_rule.rule if flask.request.url_rule else "(none)"
    response.headers["X-Request-Id"] = flask.g.request_id
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    _REQUESTS.labels(_service().name, flask.request.method, route, response.status_code).observe(seconds)
    # The route's pattern, never its path: paths carry ids of children.
    log.info(
        "request",
        service=_service().name,
        method=flask.request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
    )
    structlog.contextvars.unbind_contextvars("request_id")
    return response
