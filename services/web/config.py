"""Settings of the web process, read once from the environment at its edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.common.config import SERVICES, ConfigurationError, Network, setting, trusted_proxies


@dataclass(frozen=True)
class WebSettings:
    """What the pages must know before they start."""

    environment: str
    """`production`, `demo` or `test`; the mail page exists only in `demo`."""
    service_token: str
    """Shown beside the browser's address, so that accounts believes it."""
    urls: Mapping[str, str]
    """Where the public API of each service answers; unused for services joined in process."""
    mail: Path
    """Maildir of the local sink."""
    mail_stays: bool = False
    """No mail leaves this machine; every page of the administrator says so."""
    trusted_proxies: tuple[Network, ...] = ()
    """Neighbours whose X-Forwarded-For and X-Forwarded-Proto are believed."""


def settings_from(environ: Mapping[str, str]) -> WebSettings:
    """Settings from the environment. Raises ConfigurationError."""
    environment = setting(environ, "ZHURNAL_ENV", "production")
    if environment not in ("production", "demo", "test"):
        raise ConfigurationError("ZHURNAL_ENV is one of production, demo, test")
    return WebSettings(
        environment=environment,
        service_token=setting(environ, "WEB_SERVICE_TOKEN", ""),
        urls={name: setting(environ, f"{name.upper()}_URL", "").rstrip("/") for name in SERVICES},
        mail=Path(setting(environ, "ZHURNAL_DATA", "var")) / "mail",
        mail_stays=setting(environ, "ZHURNAL_MAIL_SINK", "") == "1",
        trusted_proxies=trusted_proxies(environ),
    )
