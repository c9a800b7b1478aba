"""One PostgreSQL and one Redis for the run; a migrated template per service, cloned for each worker."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.servers import PostgresServer, RedisServer, free_port
from deploy.suite import application_url
from services.common.config import SERVICES
from services.common.migrate import migrate

PASSWORD = "of-the-tests"


@dataclass(frozen=True)
class Servers:
    """Addresses of this run's servers."""

    postgres: str
    redis: str


@contextlib.contextmanager
def own_servers() -> Iterator[Servers]:
    """Servers for a bare `pytest`; under `./test` the run has them already."""
    with tempfile.TemporaryDirectory(prefix="zhurnal-test-") as folder:
        Path(folder).chmod(0o711)
        postgres = PostgresServer(Path(folder) / "pg", secrets.token_hex(8), durable=False)
        redis = RedisServer(Path(folder) / "redis", secrets.token_hex(8), free_port(), durable=False)
        with (Path(folder) / "log").open("wb") as log:
            try:
                postgres.start(log)
                redis.start(log)
                yield Servers(postgres.url(), redis.url)
            finally:
                redis.stop()
                postgres.stop()


def make_templates(admin_url: str) -> None:
    """A migrated database `template_<service>` each, made once per server by whoever comes first."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")
        for service in SERVICES:
            name = f"template_{service}"
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                continue
            migrate(service, admin_url, named(application_url(admin_url, service, PASSWORD), name), "test")


def clone(admin_url: str, service: str) -> str:
    """URL, as the application role, of a fresh copy of the service's template."""
    name = f"{service}_{uuid.uuid4().hex[:10]}"
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
        sql.Identifier(name), sql.Identifier(f"{service}_owner"), sql.Identifier(f"template_{service}")
    )
    with psycopg.connect(admin_url, autocommit=True) as admin:
        deadline = time.monotonic() + 120
        while True:
            try:
                admin.execute(statement)
                break
            except psycopg.errors.ObjectInUse:
                # The connection that migrated the template is closed, its backend on a busy machine not yet gone.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
        admin.execute(sql.SQL("ALTER DATABASE {} SET app.environment = 'test'").format(sql.Identifier(name)))
    return named(application_url(admin_url, service, PASSWORD), name)


def named(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
