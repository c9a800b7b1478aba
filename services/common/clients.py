"""Questions between services: one client, over HTTP or, in the all-in-one form, in process.

In process there is no time limit but the asked service's own statement time-out, since the WSGI transport
ignores `timeout`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import orjson

from services.common.config import Settings
from services.common.identity import ServiceSilentError

_SECONDS = 1.0
_SILENCE_SECONDS = 2.0

WSGIApplication = Callable[..., Any]


class UnexpectedAnswerError(Exception):
    """Another service answered, but not what was settled."""


def in_process(application: WSGIApplication) -> httpx2.WSGITransport:
    """The way to an application of this process.

    The library hands a path over as text, where WSGI has bytes in the guise of Latin-1 (PEP 3333): a letter beyond
    that in a path was an exception in the asking service.
    """

    def answering(environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].encode().decode("latin-1")
        return application(environ, start_response)

    return httpx2.WSGITransport(app=answering)


class InternalClient:
    """Asks internal routes of other services as this service."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._local: dict[str, httpx2.Client] = {}
        self._remote: dict[str, httpx2.Client] = {}
        self._silent_until: dict[str, float] = {}

    def join(self, service: str, application: WSGIApplication) -> None:
        """From now on `service` is asked in this process."""
        port = self._settings.internal_port or 80
        self._local[service] = httpx2.Client(transport=in_process(application), base_url=f"http://127.0.0.1:{port}")

    def get(self, service: str, path: str, seconds: float = _SECONDS, /, **parameters: Any) -> Any:
        """The JSON answer, waited for so long where nobody waits for us. Raises ServiceSilentError."""
        return self._ask(service, "GET", path, seconds, params=parameters)

    def post(self, service: str, path: str, body: Mapping[str, Any], seconds: float = _SECONDS) -> Any:
        """The JSON answer, waited for so long where nobody waits for us. Raises ServiceSilentError."""
        return self._ask(service, "POST", path, seconds, content=orjson.dumps(body))

    def _ask(self, service: str, method: str, path: str, seconds: float = _SECONDS, **arguments: Any) -> Any:
        if time.monotonic() < self._silent_until.get(service, 0.0):
            raise ServiceSilentError(service)
        client = self._local.get(service) or self._client(service)
        headers = {
            "Zhurnal-Service": f"{self._settings.service} {self._settings.service_token}",
            "Content-Type": "application/json",
        }
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = client.request(method, path, headers=headers, timeout=seconds, **arguments)
                break
            except httpx2.ConnectError as error:
                # Refused at once: a restart, perhaps. Once more within the same time.
                if time.monotonic() + 0.1 >= deadline:
                    raise ServiceSilentError(service) from error
                time.sleep(0.1)
            except httpx2.TransportError as error:
                self._silent_until[service] = time.monotonic() + _SILENCE_SECONDS
                raise ServiceSilentError(service) from error
        if answer.status_code in (502, 503, 504):
            raise ServiceSilentError(service)
        if answer.status_code >= 400:
            raise UnexpectedAnswerError(f"{service} {method} {path.split('?')[0]}: {answer.status_code}")
        return orjson.loads(answer.content)

    def _client(self, service: str) -> httpx2.Client:
        if service not in self._remote:
            url = self._settings.internal_urls.get(service)
            if not url:
                raise ServiceSilentError(service)
            self._remote[service] = httpx2.Client(base_url=url, trust_env=False)
        return self._remote[service]
