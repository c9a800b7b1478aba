"""What the database itself must hold, read from its catalogue."""

from __future__ import annotations

import alembic.autogenerate
import alembic.migration
import psycopg
import pytest
import sqlalchemy as sa

from services.common.config import SERVICES, sqlalchemy_url
from services.common.migrate import PLUMBING_TABLES, migrate
from tests.support.databases import PASSWORD, Servers, named

WITHOUT_POLICY = {"outbox", "schedule"}
"""The scheduler reads these of all schools; only common/events and common/schedule touch them."""

OPEN_TEXTS = {
    ("alembic_version", "version_num"): "Alembic's",
    ("consumer", "consumer"): "names of services",
    ("consumer", "epoch"): "identity of a database",
    ("cursor", "source"): "names of services",
    ("cursor", "epoch"): "identity of a database",
    ("school", "name"): "the list that sweeps walk",
    ("school", "zone"): "the list that sweeps walk",
    ("account", "login"): "an account stands above schools",
    ("account", "password_hash"): "an account stands above schools",
    ("sign_in_attempt", "login_hash"): "counted before anybody is known; hashes only",
    ("sign_in_attempt", "address_hash"): "counted before anybody is known; hashes only",
    ("known_device", "key_hash"): "a hash; an account stands above schools",
    ("session", "token_hash"): "a session stands above schools",
    ("session", "kind"): "a session stands above schools",
    ("session", "device_name"): "a session stands above schools",
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_of_a_school_is_secured(service: str, databases: dict[str, str]) -> None:
    with psycopg.connect(databases[service]) as connection:
        rows = connection.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'school_id'"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        ).fetchall()
    open_tables = {name for name, secured in rows if not secured}
    assert open_tables == WITHOUT_POLICY
    assert len(rows) > len(WITHOUT_POLICY)


@pytest.mark.parametrize("service", SERVICES)
def test_no_free_text_lies_outside_a_school(service: str, databases: dict[str, str]) -> None:
    with psycopg.connect(databases[service]) as connection:
        rows = connection.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
            " AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'bytea'::regtype, 'varchar'::regtype)"
            " AND NOT EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'school_id')"
        ).fetchall()
    assert set(rows) <= set(OPEN_TEXTS)


@pytest.mark.parametrize("service", SERVICES)
def test_models_equal_migrations(service: str, databases: dict[str, str]) -> None:
    module = __import__(f"services.{service}.models", fromlist=["Base"])
    engine = sa.create_engine(sqlalchemy_url(databases[service]))
    with engine.connect() as connection:
        context = alembic.migration.MigrationContext.configure(
            connection,
            opts={"include_object": _is_a_models_own, "compare_server_default": False},
        )
        differences = alembic.autogenerate.compare_metadata(context, module.Base.metadata)
    engine.dispose()
    assert differences == []


def _is_a_models_own(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    if kind == "table":
        return name not in PLUMBING_TABLES and not str(name).startswith("change_log_")
    return True


@pytest.mark.parametrize("service", SERVICES)
def test_the_application_role_is_bound_by_row_level_security(service: str, databases: dict[str, str]) -> None:
    with psycopg.connect(databases[service]) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False, False)


@pytest.mark.parametrize("service", SERVICES)
def test_migrating_twice_changes_nothing(service: str, servers: Servers, fresh_databases: dict[str, str]) -> None:
    url = fresh_databases[service]
    migrate(service, servers.postgres, url, "test")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM stream").fetchone() == (1,)
    assert PASSWORD in named(url, "x")


def test_the_change_log_cannot_be_rewritten(databases: dict[str, str]) -> None:
    with psycopg.connect(databases["journal"]) as connection:
        for statement in (
            "UPDATE change_log SET actor = ''",
            "DELETE FROM change_log",
            "TRUNCATE change_log",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
