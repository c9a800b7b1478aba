"""Whose word on the client's address, scheme and host is believed."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from services.common.proxies import TrustedProxies

TRUSTED = (ipaddress.ip_network("172.31.87.10/32"),)
TOLD = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "inner:8001",
    "HTTP_HOST": "school.example.org",
    "SERVER_PORT": "8000",
    "wsgi.url_scheme": "http",
}


def seen(neighbour: str, *, scheme_and_host: bool) -> tuple[str, str, str, str]:
    """Address, scheme, host and port that the application finds."""
    found: dict[str, Any] = {}
    proxies = TrustedProxies(lambda environ, _: found.update(environ) or [], TRUSTED, scheme_and_host=scheme_and_host)
    proxies({**TOLD, "REMOTE_ADDR": neighbour}, None)
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"], found["HTTP_HOST"], found["SERVER_PORT"]


@pytest.mark.parametrize("neighbour", ["172.31.87.11", "203.0.113.1", "", "unix:"])
@pytest.mark.parametrize("scheme_and_host", [True, False])
def test_a_stranger_is_not_believed(neighbour: str, scheme_and_host: bool) -> None:
    assert seen(neighbour, scheme_and_host=scheme_and_host) == (neighbour, "http", "school.example.org", "8000")


def test_pages_believe_address_scheme_and_host() -> None:
    assert seen("172.31.87.10", scheme_and_host=True) == ("203.0.113.7", "https", "inner:8001", "8001")


def test_services_believe_the_address_alone_for_a_port_opens_internal_routes() -> None:
    assert seen("172.31.87.10", scheme_and_host=False) == ("203.0.113.7", "http", "school.example.org", "8000")
