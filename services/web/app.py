"""The Flask application of the pages: `create_app(settings, applications)`."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import flask
import structlog
from flask_compress import Compress
from flask_limiter import Limiter

from services.common import rates
from services.common.identity import looks_like_token, token_digest
from services.common.logging import logger
from services.common.proxies import TrustedProxies
from services.web import confirming, i18n, mistakes, navigation, security
from services.web.clients import Asker, Backend, WSGIApplication
from services.web.config import WebSettings
from services.web.pages import BLUEPRINTS
from services.web.pages.mail.views import mail_page
from services.web.person import asker, person_or_none, public
from services.web.person import person as person_now
from services.web.sentences import common_words
from services.web.static import StaticFiles, read_static_files

log = logger(__name__)

LARGEST_BODY = 21 * 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
SCHOOLS_ZONE = ZoneInfo("Europe/Moscow")
"""Where the sign-in page takes its date from, before a school is known."""
_YEAR = "public, max-age=31536000, immutable"


def create_app(settings: WebSettings, applications: Mapping[str, WSGIApplication] | None = None) -> flask.Flask:
    """The pages; services in `applications` are asked in this process, the others over HTTP."""
    app = flask.Flask(__name__, static_folder=None, template_folder=".")
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        PROPAGATE_EXCEPTIONS=False,
        BABEL_DEFAULT_LOCALE="ru",
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_LEVEL=5,
        COMPRESS_MIMETYPES=["text/html", "application/json"],
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["web.settings"] = settings
    app.extensions["web.backend"] = Backend(settings, applications)
    i18n.speak(app)
    static = read_static_files()
    _extend_templates(app, static)
    app.before_request(_begin)
    limiter = rates.fence(app, _limit_key)
    app.before_request(_refuse_or_confirm)  # after the count: a loop of refused requests is one, too
    # Run in reverse order of registration: headers last.
    app.after_request(security.add_headers)
    app.after_request(_end)
    _serve_static(app, static, limiter)
    mistakes.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _refuse_silent_pages(app)
    Compress(app)
    if settings.trusted_proxies:
        behind = TrustedProxies(app.wsgi_app, settings.trusted_proxies, scheme_and_host=True)
        app.wsgi_app = behind  # type: ignore[method-assign]
    return app


def _begin() -> None:
    given = flask.request.headers.get("X-Request-Id", "")
    flask.g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    flask.g.started = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=flask.g.request_id)
    flask.g.asker = Asker(
        token=security.session_token(),
        request_id=flask.g.request_id,
        address=flask.request.remote_addr or "127.0.0.1",
        poll=flask.request.headers.get("Zhurnal-Poll") == "1",
        language=i18n.language(),
    )


def _refuse_or_confirm() -> flask.Response | None:
    if security.refuses_stranger():
        flask.abort(403)
    return confirming.confirm_first()


def _end(response: flask.Response) -> flask.Response:
    response.headers["X-Request-Id"] = flask.g.request_id
    # The route's pattern, never its path: paths carry ids of children.
    log.info(
        "page",
        service="web",
        method=flask.request.method,
        route=flask.request.url_rule.rule if flask.request.url_rule else "(none)",
        status=response.status_code,
        asked=len(asker().calls),
        ms=round((time.perf_counter() - flask.g.started) * 1000, 1),
    )
    structlog.contextvars.unbind_contextvars("request_id")
    return response


def _refuse_silent_pages(app: flask.Flask) -> None:
    """An application with a page that does not say who may see it does not start."""
    views = {rule.rule: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    silent = [rule for rule, view in views.items() if not hasattr(view, "access")]
    if silent:
        raise RuntimeError(f"pages that do not say who may see them: {silent}")


def _limit_key() -> str:
    token = security.session_token()
    return token_digest(token)[:16] if looks_like_token(token) else (flask.request.remote_addr or "unknown")


def _serve_static(app: flask.Flask, static: StaticFiles, limiter: Limiter) -> None:
    # Not counted: a whole school behind one address fetches the same files in its first minute.
    @app.get("/static/<digest>/<path:name>")
    @limiter.exempt
    @public
    def static_file(digest: str, name: str) -> flask.Response:
        found = static.files.get(name)
        if found is None:
            flask.abort(404)
        zipped = bool(flask.request.accept_encodings["gzip"])
        response = flask.Response(found.zipped if zipped else found.content, mimetype=None)
        response.headers["Content-Type"] = found.mimetype
        response.headers["Vary"] = "Accept-Encoding"
        # An old page may ask for an old hash during a change of version: it gets the new file, not to be kept.
        response.headers["Cache-Control"] = _YEAR if digest == static.digest else "no-store"
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        return response

    @app.get("/favicon.ico")
    @limiter.exempt
    @public
    def favicon() -> flask.Response:
        return flask.redirect(static.url("icon.svg"))  # type: ignore[return-value]

    @app.get("/healthz")
    @limiter.exempt
    @public
    def healthz() -> dict[str, str]:
        return {"status": "alive"}


def _extend_templates(app: flask.Flask, static: StaticFiles) -> None:
    app.jinja_env.filters.update(day=i18n.day, weekday=i18n.weekday)
    app.jinja_env.filters.update(moment=lambda value: i18n.moment(value, person_now().zone))
    app.jinja_env.filters.update(number=i18n.number, phone=i18n.phone)
    app.jinja_env.globals.update(
        static=static.url,
        one_day=lambda count: timedelta(days=count),
    )

    @app.context_processor
    def page() -> dict[str, Any]:
        return {
            "person": person_or_none(),
            "language": i18n.language(),
            "theme": i18n.theme(),
            "navigation": lambda: navigation.links(person_now()),
            "people_pages": lambda: navigation.people_pages(person_now()),
            "silent": lambda: flask.g.get("silent"),
            "mail_page": lambda: mail_page(person_or_none()),
            "mail_stays": lambda: _mail_stays(app.extensions["web.settings"]),
            "common_words": lambda: common_words(static.url("icons.svg"), i18n.language()),
            "today_here": lambda: datetime.now(UTC).astimezone(SCHOOLS_ZONE).date(),
        }


def _mail_stays(settings: WebSettings) -> bool:
    known = person_or_none()
    return settings.mail_stays and known is not None and known.may("SETUP_WRITE")
