"""What the database itself must hold, read from its catalogue."""

from __future__ import annotations

import alembic.autogenerate
import alembic.migration
import alembic.script
import psycopg
import pytest
import sqlalchemy as sa

from services.common.config import SERVICES, sqlalchemy_url
from services.common.db import Database, Scope
from services.common.ddl import PLUMBING_TABLES
from services.common.migrate import alembic_config, migrate
from services.common.schema_state import is_current, newest_revision
from tests.support.databases import PASSWORD, Servers, named

WITHOUT_POLICY = {"outbox", "schedule"}
"""The scheduler reads these of all schools; only common/events and common/schedule touch them."""

OPEN_TEXTS = {
    ("alembic_version", "version_num"): "Alembic's",
    ("consumer", "consumer"): "names of services",
    ("consumer", "epoch"): "identity of a database",
    ("cursor", "source"): "names of services",
    ("cursor", "epoch"): "identity of a database",
    ("tally", "name"): "names of mechanisms",
    ("tally", "about"): "names of services and kinds",
    ("school", "name"): "the list that sweeps walk",
    ("school", "zone"): "the list that sweeps walk",
    ("account", "login"): "an account stands above schools",
    ("account", "password_hash"): "an account stands above schools",
    ("sign_in_attempt", "login_hash"): "counted before anybody is known; hashes only",
    ("sign_in_attempt", "address_hash"): "counted before anybody is known; hashes only",
    ("known_device", "key_hash"): "a hash; an account stands above schools",
    ("known_device", "name"): "an account stands above schools",
    ("known_address", "address_hash"): "a keyed hash; an account stands above schools",
    ("second_factor", "secret"): "encrypted; an account stands above schools",
    ("recovery_code", "selector"): "the first signs of a code; an account stands above schools",
    ("recovery_code", "code_hash"): "a hash; an account stands above schools",
    ("sign_in_event", "kind"): "a policy of its own shows it to the account's schools",
    ("sign_in_event", "device"): "a policy of its own shows it to the account's schools",
    ("sign_in_event", "network"): "a policy of its own shows it to the account's schools",
    ("session", "device_key_hash"): "a hash; a session stands above schools",
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


@pytest.mark.parametrize("service", SERVICES)
def test_the_newest_migration_is_known_without_alembic(service: str, databases: dict[str, str]) -> None:
    engine = sa.create_engine(sqlalchemy_url(databases[service]))
    with engine.connect() as connection:
        script = alembic.script.ScriptDirectory.from_config(alembic_config(service, connection))
    engine.dispose()
    assert [newest_revision(service)] == script.get_heads()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE alembic_version SET version_num = '0000'",
        "DROP TABLE alembic_version",
        "DO $$ BEGIN EXECUTE format('DROP TABLE change_log_%s', to_char(now() + '1 year', 'YYYY_MM')); END $$",
    ],
)
def test_a_start_sees_what_has_to_be_brought_up_to_date(
    spoil: str, servers: Servers, fresh_databases: dict[str, str]
) -> None:
    url = fresh_databases["notifications"]
    assert is_current("notifications", url)
    name = sa.make_url(url).database
    assert name is not None
    with psycopg.connect(named(servers.postgres, name), autocommit=True) as connection:
        connection.execute(spoil)
    assert not is_current("notifications", url)


def test_a_start_sees_that_the_services_role_does_not_come_in(databases: dict[str, str]) -> None:
    url = databases["notifications"]
    assert is_current("notifications", url)
    assert not is_current("notifications", url.replace(PASSWORD, "another"))


def test_connections_that_the_server_ended_while_they_lay_idle_are_made_anew(
    servers: Servers, fresh_databases: dict[str, str]
) -> None:
    url = fresh_databases["journal"]
    database = Database(sqlalchemy_url(url), pool_size=2)
    with database.read(Scope()) as one, database.read(Scope()) as two:
        before = {session.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() for session in (one, two)}
    with psycopg.connect(named(servers.postgres, "postgres"), autocommit=True) as admin:
        for pid in before:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with database.read(Scope()) as one, database.read(Scope()) as two:
        after = {session.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() for session in (one, two)}
    database.dispose()
    assert len(before) == len(after) == 2
    assert not before & after
