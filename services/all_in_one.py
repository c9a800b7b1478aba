"""All services in one process: the form that `./run` starts.

`/api/<service>/…` and `/internal/<service>/…` go to the service, `/healthz` and `/readyz` speak for all,
everything else is web's. Services ask each other in process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from services.accounts import app as accounts_app
from services.accounts import service as accounts_service
from services.common.app import readiness
from services.common.config import settings_from
from services.common.logging import configure_logging
from services.common.service import Service
from services.journal import app as journal_app
from services.journal import service as journal_service
from services.notifications import app as notifications_app
from services.notifications import service as notifications_service
from services.reports import app as reports_app
from services.reports import service as reports_service
from services.web import app as web_app
from services.web import config as web_config

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

PARTS: Mapping[str, tuple[Callable[..., Any], Callable[[Any], Any]]] = {
    "accounts": (accounts_service.build, accounts_app.create_app),
    "journal": (journal_service.build, journal_app.create_app),
    "notifications": (notifications_service.build, notifications_app.create_app),
    "reports": (reports_service.build, reports_app.create_app),
}


def join(services: Mapping[str, Service]) -> dict[str, Any]:
    """Applications of all services, by name, each asking the others in this process."""
    applications = {name: PARTS[name][1](service) for name, service in services.items()}
    for service in services.values():
        for other, application in applications.items():
            if other != service.name:
                service.client.join(other, application)
    return applications


def dispatcher(services: Mapping[str, Service], applications: Mapping[str, Any], web: Any) -> Application:
    """One WSGI application in front of all."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        first, _, rest = path.lstrip("/").partition("/")
        if first in ("api", "internal"):
            name = rest.partition("/")[0]
            if name in applications:
                return applications[name](environ, start_response)  # type: ignore[no-any-return]
        if path in ("/healthz", "/readyz"):
            return _health(path, services, start_response)
        return web(environ, start_response)  # type: ignore[no-any-return]

    return application


def _health(path: str, services: Mapping[str, Service], start_response: StartResponse) -> list[bytes]:
    states = {name: path == "/healthz" or readiness(service)[0] for name, service in services.items()}
    good = all(states.values())
    body = orjson.dumps({"status": ("alive" if path == "/healthz" else "ready") if good else "not ready"})
    start_response("200 OK" if good else "503 Service Unavailable", [("Content-Type", "application/json")])
    return [body]


def create() -> Application:
    """What gunicorn serves, from the environment."""
    configure_logging("web")
    services = {name: build(settings_from(os.environ, name)) for name, (build, _) in PARTS.items()}
    for service in services.values():
        service.start()
    applications = join(services)
    web = web_app.create_app(web_config.settings_from(os.environ), applications)
    return dispatcher(services, applications, web)
