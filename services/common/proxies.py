"""Neighbours whose X-Forwarded-* headers are believed: named by network, nobody else's."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from services.common.config import Network

WSGIApplication = Callable[..., Any]


class TrustedProxies:
    """Takes the client's address from a trusted neighbour; scheme and host too, where that is asked for."""

    def __init__(self, application: WSGIApplication, trusted: Sequence[Network], *, scheme_and_host: bool) -> None:
        self._plain = application
        self._behind = ProxyFix(application, x_for=1, x_proto=int(scheme_and_host), x_host=int(scheme_and_host))
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._behind(environ, start_response)
        return self._plain(environ, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            return any(ipaddress.ip_address(address) in network for network in self._trusted)
        except ValueError:
            return False
