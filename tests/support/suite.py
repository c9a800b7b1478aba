"""All services in this process, joined as in the all-in-one form, on databases of this worker."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from werkzeug.test import Client, TestResponse

from services import all_in_one
from services.common.config import SERVICES, Settings, sqlalchemy_url
from services.common.events.stream import Batch, acknowledge, declare_consumers, relay
from services.common.events.tasks import take_in
from services.common.service import Service

TOKENS = {name: f"service-token-of-{name}" for name in (*SERVICES, "web")}


def settings_for(service: str, database_url: str, redis_url: str, data: Path, **changes: Any) -> Settings:
    """Settings as a deployment would give them; `changes` replaces single ones."""
    values: dict[str, Any] = {
        "service": service,
        "environment": "test",
        "database_url": sqlalchemy_url(database_url),
        "redis_url": redis_url,
        "public_url": "http://127.0.0.1:8000",
        "service_token": TOKENS[service],
        "token_digests": {n: hashlib.sha256(t.encode()).hexdigest() for n, t in TOKENS.items()},
        "internal_port": None,
        "internal_urls": {},
        "smtp_url": "smtp://127.0.0.1:9",
        # Tests ask whether answers are right; how fast they are is for benchmarks, on a machine that is quiet.
        "introspection_seconds": 10.0,
        "data": data,
        "encryption_secrets": (f"encryption-secret-of-{service}",),
    }
    return Settings(**(values | changes))


@dataclass
class Api:
    """JSON in and out of one service, as one bearer."""

    service: str
    application: Any
    token: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """An answer; `path` starts behind `/api/<service>/v1` unless it is whole."""
        whole = path if path.startswith(("/api/", "/internal/")) else f"/api/{self.service}/v1{path}"
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            more |= {"data": orjson.dumps(body), "content_type": "application/json"}
        return Client(self.application).open(whole, method=method, headers=sent, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("POST", path, {} if body is None else body, **more)

    def put(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("PUT", path, body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **more)

    def internally(self, caller: str, method: str, path: str, body: Any = None) -> TestResponse:
        """A question between services, shown with the caller's own token."""
        return self.call(method, path, body, headers={"Zhurnal-Service": f"{caller} {TOKENS[caller]}"})


@dataclass
class Suite:
    """Services by name and their applications."""

    services: dict[str, Service]
    applications: dict[str, Any] = field(default_factory=dict)
    subscriptions: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.applications = all_in_one.join(self.services)
        self.subscriptions = {
            name: importlib.import_module(f"services.{name}.subscriptions")
            for name in self.services
            if importlib.util.find_spec(f"services.{name}.subscriptions")
        }

    def api(self, service: str, token: str = "") -> Api:
        return Api(service, self.applications[service], token)

    def deliver(self) -> None:
        """Carries events between the services until nothing is under way, without a queue in between."""
        waiting: deque[Batch] = deque()
        for source, service in self.services.items():
            consumers = [name for name, heard in self.subscriptions.items() if source in heard.SOURCES]
            declare_consumers(service.database, source, consumers)
            relay(service.database, source, waiting.append)
        while waiting:
            batch = waiting.popleft()
            answer = take_in(self.services[batch.consumer], self.subscriptions[batch.consumer], batch)
            assert answer is not None
            acknowledge(self.services[answer.source].database, answer, waiting.append)
            for source, service in self.services.items():
                relay(service.database, source, waiting.append)

    def close(self) -> None:
        for service in self.services.values():
            service.close()


def build_suite(urls: Mapping[str, str], redis_url: str, data: Path, **changes: Any) -> Suite:
    """The whole suite on the given databases."""
    return Suite(
        {
            name: build(settings_for(name, urls[name], redis_url, data, **changes))
            for name, (build, _) in all_in_one.PARTS.items()
        }
    )
