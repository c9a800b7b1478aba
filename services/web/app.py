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

from services.common.logging import logger
from services.common.proxies import TrustedProxies
from services.web import confirming, i18n, mistakes, navigation, security
from services.web.clients import Asker, Backend, WSGIApplication
from services.web.config import WebSettings
from services.web.pages import BLUEPRINTS
from services.web.pages.mail.views import mail_page
from services.web.person import asker, person_or_none
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
    _serve_static(app, static)
    _extend_templates(app, static)
    app.before_request(_begin)
    # Run in reverse order of registration: headers last.
    app.after_request(security.add_headers)
    app.after_request(_end)
    mistakes.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    Compress(app)
    if settings.trusted_proxies:
        behind = TrustedProxies(app.wsgi_app, settings.trusted_proxies, scheme_and_host=True)
        app.wsgi_app = behind  # type: ignore[method-assign]
    return app


def _begin() -> flask.Response | None:
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


def _serve_static(app: flask.Flask, static: StaticFiles) -> None:
    @app.get("/static/<digest>/<path:name>")
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
    def favicon() -> flask.Response:
        return flask.redirect(static.url("icon.svg"))  # type: ignore[return-value]

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}


def _extend_templates(app: flask.Flask, static: StaticFiles) -> None:
    app.jinja_env.filters.update(day=i18n.day, weekday=i18n.weekday, moment=i18n.moment)
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
            "silent": lambda: flask.g.get("silent"),
            "mail_page": lambda: mail_page(person_or_none()),
            "mail_stays": lambda: _mail_stays(app.extensions["web.settings"]),
            "common_words": lambda: common_words(static.url("icons.svg"), i18n.language()),
            "today_here": lambda: datetime.now(UTC).astimezone(SCHOOLS_ZONE).date(),
        }


def _mail_stays(settings: WebSettings) -> bool:
    known = person_or_none()
    return settings.mail_stays and known is not None and known.may("SETUP_WRITE")
