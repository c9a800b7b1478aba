"""Roles, databases and migrations: what runs once, as the server's administrator, before a service starts.

Each service has `<s>_owner` (no login; owns the tables, runs migrations) and `<s>_app` (login, data only,
bound by row-level security); `backup` reads everything. The services never see the administrator's URL.
"""

from __future__ import annotations

import datetime as dt
from importlib import resources

import alembic.command
import alembic.config
import psycopg
import sqlalchemy as sa
from alembic import context
from psycopg import sql

from services.common.clock import now
from services.common.config import sqlalchemy_url
from services.common.ddl import enable_school_security
from services.common.schema_state import plain_url

_LOCK = 7_041_776
"""Advisory lock under which one process at a time makes roles and migrates."""


def _password_of(app_url: str) -> tuple[str, str, str]:
    url = sa.make_url(sqlalchemy_url(app_url))
    if not url.username or url.password is None or not url.database:
        raise ValueError("the application's database URL needs a user, a password and a database")
    return url.username, str(url.password), url.database


def migrate(service: str, admin_url: str, app_url: str, environment: str) -> None:
    """Makes roles and database of `service` if missing and brings its tables up to date.

    `admin_url` may make roles and databases; `app_url` is what the service will use (its password is set).
    `environment` is written into a new database and never changed.
    Several may run at once: one works, the others wait.
    """
    role, password, name = _password_of(app_url)
    if role != f"{service}_app":
        raise ValueError(f"the application role of {service} is {service}_app, not {role}")
    conninfo = plain_url(admin_url).render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        _make_roles(admin, service, password)
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(f"{service}_owner")
                )
            )
            admin.execute(
                sql.SQL("ALTER DATABASE {} SET app.environment = {}").format(
                    sql.Identifier(name), sql.Literal(environment)
                )
            )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {0} FROM PUBLIC").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, backup").format(sql.Identifier(name), sql.Identifier(role))
        )
        _upgrade(service, sa.make_url(sqlalchemy_url(admin_url)).set(database=name))


def _make_roles(admin: psycopg.Connection, service: str, password: str) -> None:
    def exists(role: str) -> bool:
        return admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None

    if not exists("backup"):
        admin.execute("CREATE ROLE backup LOGIN BYPASSRLS")
    if not exists(f"{service}_owner"):
        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(f"{service}_owner")))
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(f"{service}_owner")))
    app = sql.Identifier(f"{service}_app")
    if not exists(f"{service}_app"):
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(app))
    admin.execute(
        sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            app, sql.Literal(password)
        )
    )


def _upgrade(service: str, url: sa.URL) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SET lock_timeout = '10s'"))
            connection.execute(sa.text(f"SET ROLE {service}_owner"))
            for kind, rights in (
                ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
                ("SEQUENCES", "USAGE, SELECT"),
            ):
                connection.execute(sa.text(f"ALTER DEFAULT PRIVILEGES GRANT {rights} ON {kind} TO {service}_app"))
                connection.execute(sa.text(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON {kind} TO backup"))
            connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {service}_app, backup"))
            alembic.command.upgrade(alembic_config(service, connection), "head")
            _make_partitions(connection, now().date().replace(day=1))
    finally:
        engine.dispose()


def alembic_config(service: str, connection: sa.Connection) -> alembic.config.Config:
    """Alembic's settings for `service`, bound to an open connection."""
    config = alembic.config.Config()
    folder = resources.files(f"services.{service}") / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config


def run_environment(metadata: sa.MetaData) -> None:
    """What every `migrations/env.py` does."""
    connection: sa.Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


def _make_partitions(connection: sa.Connection, first: dt.date, months: int = 24) -> None:
    """Monthly partitions of the change log from `first` on, and one for whatever falls outside."""
    connection.execute(sa.text("CREATE TABLE IF NOT EXISTS change_log_rest PARTITION OF change_log DEFAULT"))
    names = ["change_log_rest"]
    month = first
    for _ in range(months):
        following = (month + dt.timedelta(days=32)).replace(day=1)
        name = f"change_log_{month:%Y_%m}"
        connection.execute(
            sa.text(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF change_log"
                f" FOR VALUES FROM ('{month}') TO ('{following}')"
            )
        )
        names.append(name)
        month = following
    for name in names:
        secured = connection.execute(
            sa.text("SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(:name)"), {"name": name}
        ).scalar_one()
        if not secured:
            connection.execute(sa.text(enable_school_security(name)))
            service = connection.execute(sa.text("SELECT current_user")).scalar_one()
            app = str(service).removesuffix("_owner") + "_app"
            connection.execute(sa.text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {app}"))
