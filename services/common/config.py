"""Settings of a process, read once from the environment at its edge.

A secret may be given as `NAME` or, better, as `NAME_FILE` with the path of a file that holds it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("accounts", "journal", "notifications", "reports")
"""Services that own a database, in the order in which they are migrated."""


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConfigurationError(Exception):
    """A setting is missing or makes no sense; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What a process of one service must know before it starts."""

    service: str
    environment: str
    """`production`, `demo` or `test`; a database made as `demo` is served by no other."""
    database_url: str
    """SQLAlchemy URL of the service's database, as its application role."""
    redis_url: str
    public_url: str
    """Address that people type, without a trailing slash."""
    service_token: str
    """Shown to other services on internal routes."""
    token_digests: Mapping[str, str]
    """SHA-256 (hex) of every service's token, by name."""
    internal_port: int | None
    """Port on which internal routes answer; None: every port (a container network keeps strangers out)."""
    internal_urls: Mapping[str, str]
    """Where the other services answer internal questions."""
    smtp_url: str
    introspection_seconds: float
    """An answer about a bearer that takes longer is worth nothing: whoever asked has given up."""
    data: Path
    """Folder for what this installation keeps as files."""
    trusted_proxies: tuple[Network, ...] = ()
    """Neighbours whose X-Forwarded-For is believed."""
    encryption_secrets: tuple[str, ...] = ()
    """Of a service that keeps what only it may read; the newest first."""


def setting(environ: Mapping[str, str], name: str, default: str | None = None) -> str:
    """Value of `name`, from `<name>_FILE` if that is set. Raises ConfigurationError when absent."""
    path = environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{name}_FILE: {error.strerror}: {path}") from error
    value = environ.get(name, default)
    if value is None:
        raise ConfigurationError(f"{name} is not set")
    return value


def sqlalchemy_url(url: str) -> str:
    """`postgres://` and `postgresql://` as people write them, with the driver we use."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def trusted_proxies(environ: Mapping[str, str]) -> tuple[Network, ...]:
    """Networks named by ZHURNAL_TRUSTED_PROXIES, with commas between them. Raises ConfigurationError."""
    named = setting(environ, "ZHURNAL_TRUSTED_PROXIES", "")
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in named.split(",") if part.strip())
    except ValueError as error:
        raise ConfigurationError(f"ZHURNAL_TRUSTED_PROXIES: {error}") from error


def settings_from(environ: Mapping[str, str], service: str) -> Settings:
    """Settings of `service` from the environment. Raises ConfigurationError."""
    environment = setting(environ, "ZHURNAL_ENV", "production")
    if environment not in ("production", "demo", "test"):
        raise ConfigurationError("ZHURNAL_ENV is one of production, demo, test")
    port = environ.get("ZHURNAL_INTERNAL_PORT")
    digests = dict(pair.split("=", 1) for pair in setting(environ, "ZHURNAL_TOKEN_DIGESTS", "").split(",") if pair)
    return Settings(
        service=service,
        environment=environment,
        database_url=sqlalchemy_url(setting(environ, f"{service.upper()}_DATABASE_URL")),
        redis_url=setting(environ, "REDIS_URL"),
        public_url=setting(environ, "ZHURNAL_URL", "http://127.0.0.1:8000").rstrip("/"),
        service_token=setting(environ, f"{service.upper()}_SERVICE_TOKEN"),
        token_digests=digests,
        internal_port=int(port) if port else None,
        internal_urls={
            name: setting(environ, f"{name.upper()}_INTERNAL_URL", "").rstrip("/")
            for name in SERVICES
            if environ.get(f"{name.upper()}_INTERNAL_URL")
        },
        smtp_url=setting(environ, "SMTP_URL", "smtp://127.0.0.1:25"),
        introspection_seconds=float(setting(environ, "ZHURNAL_INTROSPECTION_SECONDS", "0.5")),
        data=Path(setting(environ, "ZHURNAL_DATA", "var")),
        trusted_proxies=trusted_proxies(environ),
        encryption_secrets=tuple(setting(environ, f"{service.upper()}_ENCRYPTION_SECRETS", "").split()),
    )
