"""Settings of every process of the suite on one machine, made once and kept in `<data>/secrets.json`."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from services.common.config import SERVICES, sqlalchemy_url

TOKEN_HOLDERS = (*SERVICES, "web")


def kept_secrets(data: Path) -> dict[str, str]:
    """Random passwords and tokens of this installation, made at the first call."""
    path = data / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    names = ["postgres", "redis", "encryption_accounts"]
    names += [f"database_{service}" for service in SERVICES] + [f"token_{name}" for name in TOKEN_HOLDERS]
    missing = [name for name in names if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(path, json.dumps(known, indent=1))
    return known


def write_private(path: Path, text: str) -> None:
    """Writes `path` whole or not at all, with mode 0600."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.rename(path)


@dataclass(frozen=True)
class Addresses:
    """Where this life of the suite listens and what it uses."""

    admin_database_url: str
    redis_url: str
    smtp_url: str
    port: int
    internal_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def application_url(admin_url: str, service: str, password: str) -> str:
    """URL of a service's own database on the administrator's server, as its application role."""
    url = sa.make_url(sqlalchemy_url(admin_url))
    own = url.set(
        drivername="postgresql", username=f"{service}_app", password=password, database=f"zhurnal_{service}"
    )
    return own.render_as_string(hide_password=False)


def suite_environment(data: Path, known: Mapping[str, str], addresses: Addresses, environment: str) -> dict[str, str]:
    """Environment of every process of the suite; none of them can administer the database server."""
    digests = (f"{name}={hashlib.sha256(known[f'token_{name}'].encode()).hexdigest()}" for name in TOKEN_HOLDERS)
    variables = {
        "ZHURNAL_ENV": environment,
        "ZHURNAL_DATA": str(data),
        "ZHURNAL_URL": os.environ.get("ZHURNAL_URL", addresses.url),
        "ZHURNAL_BIND": f"127.0.0.1:{addresses.port},127.0.0.1:{addresses.internal_port}",
        "ZHURNAL_INTERNAL_PORT": str(addresses.internal_port),
        "ZHURNAL_TOKEN_DIGESTS": ",".join(digests),
        "REDIS_URL": addresses.redis_url,
        "SMTP_URL": addresses.smtp_url,
        "WEB_SERVICE_TOKEN": known["token_web"],
        "ACCOUNTS_ENCRYPTION_SECRETS": known["encryption_accounts"],
    }
    for service in SERVICES:
        name = service.upper()
        variables[f"{name}_DATABASE_URL"] = application_url(
            addresses.admin_database_url, service, known[f"database_{service}"]
        )
        variables[f"{name}_SERVICE_TOKEN"] = known[f"token_{service}"]
        variables[f"{name}_INTERNAL_URL"] = f"http://127.0.0.1:{addresses.internal_port}"
    return variables
