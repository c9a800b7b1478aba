"""A database as it was, and the way back to it, as fast as copying files is."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Backup:
    """Of one database; whoever uses it lets go of it first."""

    admin_url: str
    name: str
    environment: str = "production"

    def take(self) -> None:
        """Keeps the database as it is now."""
        self._execute("CREATE DATABASE {kept} TEMPLATE {own} STRATEGY file_copy")

    def restore(self, in_its_place: bool = False) -> None:
        """Makes it what was kept. `in_its_place`: as a copied data directory is, which nothing tells from before."""
        with psycopg.connect(self.admin_url) as admin:
            row = admin.execute("SELECT oid FROM pg_database WHERE datname = %s", (self.name,)).fetchone()
        assert row is not None
        self._execute("DROP DATABASE {own} WITH (FORCE)")
        place = f" OID {row[0]}" if in_its_place else ""
        self._execute(f"CREATE DATABASE {{own}} TEMPLATE {{kept}} STRATEGY file_copy{place}")
        # Settings and owner of a database are no part of its files.
        owner = f"{self.name.removeprefix('zhurnal_').partition('_')[0]}_owner"
        self._execute(f"ALTER DATABASE {{own}} OWNER TO {owner}")
        self._execute(f"ALTER DATABASE {{own}} SET app.environment = '{self.environment}'")

    def _execute(self, statement: str) -> None:
        parts = {"own": sql.Identifier(self.name), "kept": sql.Identifier(f"{self.name}_backup")}
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self.name,))
            admin.execute(sql.SQL(statement).format(**parts))
