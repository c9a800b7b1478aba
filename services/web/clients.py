"""The other services as the pages see them: public routes only, with the person's own token.

Two transports, HTTP and in process. No retries: a page asks at most three questions, one after another, and says
so when one stays without an answer.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

from services.common.clients import in_process
from services.common.identity import token_digest
from services.common.text import whole_number
from services.web.config import WebSettings

WSGIApplication = Callable[..., Any]
Json = Any

SECONDS = 5.0
KEPT_SECONDS = 60.0
CALLS_A_PAGE = 3
_KEPT_ENTRIES = 10_000


class ApiError(Exception):
    """A service refused; `problem` is its document."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: int | None = None) -> None:
        super().__init__(str(problem.get("title", status)))
        self.status = status
        self.problem = problem
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The last part of the problem's type."""
        return str(self.problem.get("type", "")).rpartition(":")[2]

    @property
    def errors(self) -> list[Mapping[str, Any]]:
        """What was wrong where: pointer, message, code."""
        return list(self.problem.get("errors") or ())


class SilentError(ApiError):
    """A service did not answer."""

    def __init__(self, service: str) -> None:
        super().__init__(503, {"title": "No answer", "type": "urn:zhurnal:problem:unavailable"}, 5)
        self.service = service


@dataclass(frozen=True)
class Answer:
    """What a service said."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Json:
        return orjson.loads(self.content) if self.content else None


@dataclass
class Asker:
    """The person on whose behalf a page asks."""

    token: str
    request_id: str
    address: str
    poll: bool = False
    language: str = "ru"
    calls: list[str] = field(default_factory=list)
    """Questions put for this page, in order; a page may put three."""


class Backend:
    """Carries questions to the services and remembers who may see what for a minute."""

    def __init__(self, settings: WebSettings, applications: Mapping[str, WSGIApplication] | None = None) -> None:
        self._token = settings.service_token
        self._clients: dict[str, httpx2.Client] = {}
        self._kept: OrderedDict[tuple[str, str], tuple[float, Json]] = OrderedDict()
        self._lock = threading.Lock()
        for service, url in settings.urls.items():
            if url:
                self._clients[service] = httpx2.Client(base_url=url, timeout=SECONDS, trust_env=False)
        for service, application in (applications or {}).items():
            self._clients[service] = httpx2.Client(transport=in_process(application), base_url="http://127.0.0.1")

    def ask(self, asker: Asker, service: str, method: str, path: str, **arguments: Any) -> Answer:
        """The answer, whatever its status below 400. Raises ApiError."""
        asker.calls.append(f"{method} {service} {path.partition('?')[0]}")
        return self._ask(asker, service, method, path, **arguments)

    def kept(self, asker: Asker, service: str, path: str) -> Json:
        """An answer of a minute ago at most, not counted among a page's questions. Raises ApiError."""
        key = (token_digest(asker.token), f"{service} {path}")
        now = time.monotonic()
        with self._lock:
            entry = self._kept.get(key)
        if entry is not None and now - entry[0] < KEPT_SECONDS:
            return entry[1]
        try:
            body = self._ask(asker, service, "GET", path).json
        except SilentError:
            # Navigation may be a minute older; whether an act is allowed is asked anew by the service itself.
            if entry is not None and now - entry[0] < 2 * KEPT_SECONDS:
                return entry[1]
            raise
        with self._lock:
            self._kept[key] = (now, body)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT_ENTRIES:
                self._kept.popitem(last=False)
        return body

    def forget(self, token: str) -> None:
        """Drops what is remembered about a token: it ended, or its person's rights have just changed."""
        digest = token_digest(token)
        with self._lock:
            for key in [key for key in self._kept if key[0] == digest]:
                del self._kept[key]

    def _ask(self, asker: Asker, service: str, method: str, path: str, **arguments: Any) -> Answer:
        client = self._clients.get(service)
        if client is None:
            raise SilentError(service)
        headers = self._headers(asker) | dict(arguments.pop("headers", {}))
        if "body" in arguments:
            arguments["content"] = orjson.dumps(arguments.pop("body"), default=str)
            headers["Content-Type"] = "application/json"
        try:
            answer = client.request(method, f"/api/{service}/v1{path}", headers=headers, **arguments)
        except httpx2.TransportError as error:
            raise SilentError(service) from error
        if answer.status_code >= 400:
            raise _refusal(service, answer)
        return Answer(answer.status_code, answer.content, answer.headers)

    def _headers(self, asker: Asker) -> dict[str, str]:
        headers = {
            "X-Request-Id": asker.request_id,
            "Zhurnal-Service": f"web {self._token}",
            "Forwarded": f'for="{_node(asker.address)}"',
            "Accept-Language": asker.language,
            # Asked without compression: in process it would be work for nothing.
            "Accept-Encoding": "identity",
        }
        if asker.token:
            headers["Authorization"] = f"Bearer {asker.token}"
        if asker.poll:
            headers["Zhurnal-Poll"] = "1"
        return headers


def _node(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _refusal(service: str, answer: httpx2.Response) -> ApiError:
    after = answer.headers.get("Retry-After", "")
    try:
        problem = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        problem = {}
    if answer.status_code in (502, 503, 504) and not problem:
        return SilentError(service)
    return ApiError(
        answer.status_code,
        problem if isinstance(problem, dict) else {},
        whole_number(after),
    )
