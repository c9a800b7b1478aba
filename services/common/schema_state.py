"""What a service's database is, asked without alembic: a start that finds all in order does not import it."""

from __future__ import annotations

from importlib import resources

import psycopg
import sqlalchemy as sa

from services.common.clock import now
from services.common.config import sqlalchemy_url

_YEARS_AHEAD = 1
"""With fewer prepared partitions of the change log a database is brought up to date again."""

_MADE_AS = """
SELECT d.oid, (SELECT split_part(line, '=', 2) FROM pg_db_role_setting s, unnest(s.setconfig) line
  WHERE s.setdatabase = d.oid AND s.setrole = 0 AND line LIKE 'app.environment=%%')
FROM pg_database d WHERE d.datname = %s
"""
_STATE = "SELECT (SELECT max(version_num) FROM alembic_version), to_regclass(%s) IS NOT NULL"


def plain_url(url: str) -> sa.URL:
    """The URL in libpq's form, without SQLAlchemy's driver."""
    return sa.make_url(sqlalchemy_url(url)).set(drivername="postgresql")


def made_as(admin_url: str, app_url: str) -> str | None:
    """The environment that a service's database was made for; None while there is no such database."""
    with psycopg.connect(plain_url(admin_url).render_as_string(hide_password=False)) as admin:
        row = admin.execute(_MADE_AS, (plain_url(app_url).database,)).fetchone()
    return None if row is None else str(row[1] or "production")


def newest_revision(service: str) -> str:
    """Revision of the service's last migration: they are numbered, and their files begin with the number."""
    versions = resources.files(f"services.{service}") / "migrations" / "versions"
    return max(path.name.partition("_")[0] for path in versions.iterdir() if path.name.endswith(".py"))


def is_current(service: str, app_url: str) -> bool:
    """Whether the service's own role comes in and finds the newest tables and room in the change log."""
    month = now().date().replace(day=1)
    last = month.replace(year=month.year + _YEARS_AHEAD)
    try:
        with psycopg.connect(plain_url(app_url).render_as_string(hide_password=False)) as connection:
            row = connection.execute(_STATE, (f"change_log_{last:%Y_%m}",)).fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return False
    return row == (newest_revision(service), True)
