"""Transactions with a school set, keys that begin with the school, one naming convention.

Row-level security reads `app.school_id`; the change log reads actor, reason, request id and origin.
All of them are set for the length of one transaction, in one statement.
"""

from __future__ import annotations

import datetime as dt
import decimal
import select
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
import uuid_utils.compat as uuid7_source
from sqlalchemy import orm

from services.common.batch import ask

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

COLUMN_TYPES: dict[Any, Any] = {
    str: sa.Text(),
    dt.time: sa.Time(),
    int: sa.Integer(),
    uuid.UUID: sa.Uuid(),
    dt.date: sa.Date(),
    dt.datetime: sa.DateTime(timezone=True),
    decimal.Decimal: sa.Numeric(),
}

DATABASE_GONE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
"""Dead locks, time-outs, lost connections: the same may succeed a moment later."""

SESSION_SETTINGS = {
    "lock_timeout": "5s",
    # A transaction that waits for its own process keeps locks that others wait for.
    "idle_in_transaction_session_timeout": "30s",
    # A killed client inside a long statement kept its locks until the statement ended.
    "client_connection_check_interval": "1s",
    "timezone": "UTC",
    # A year of a school lies in memory; at a page's usual price PostgreSQL read whole tables instead of an index.
    "random_page_cost": "1.1",
}

HANGING_UP = {
    "connect_timeout": 3,
    # A server that went without a word, as a machine does whose power fails; over a network alone.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""When a connection is given up, for libpq: seconds, but milliseconds in the last."""

_SET_SCOPE = sa.text(
    "SELECT set_config('app.school_id', :school_id, true), set_config('app.actor', :actor, true),"
    " set_config('app.reason', :reason, true), set_config('app.request_id', :request_id, true),"
    " set_config('app.origin', :origin, true), set_config('app.account_id', :account_id, true),"
    " set_config('app.token_hash', :token_hash, true)"
)
_SET_SCOPE_TO_READ = sa.text(f"{_SET_SCOPE.text}, set_config('transaction_read_only', 'on', true)")


class RoleTooPowerfulError(Exception):
    """The application role could see past row-level security."""


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 (RFC 9562)."""
    return uuid7_source.uuid7()


def new_metadata() -> sa.MetaData:
    """Metadata with the naming convention; each service has one of its own."""
    return sa.MetaData(naming_convention=NAMING)


def school_key(*columns: str) -> sa.PrimaryKeyConstraint:
    """`PRIMARY KEY (school_id, <columns>)`; without columns `(school_id, id)`."""
    return sa.PrimaryKeyConstraint("school_id", *(columns or ("id",)))


def school_reference(table: str, column: str, target: str = "id") -> sa.ForeignKeyConstraint:
    """`FOREIGN KEY (school_id, <column>)`: checks of foreign keys bypass row-level security, and a key
    of one column would take a row of one school for the parent of another's."""
    return sa.ForeignKeyConstraint(["school_id", column], [f"{table}.school_id", f"{table}.{target}"])


class WrongEnvironmentError(Exception):
    """A demonstration's database in another environment, or the other way round."""


@dataclass(frozen=True)
class Scope:
    """For whom a transaction runs: what row-level security and the change log are told."""

    school_id: uuid.UUID | None = None
    actor: str = ""
    """`person:<uuid>`, `service:<name>` or `command:<name>`."""
    reason: str = ""
    request_id: str = ""
    origin: str = "interactive"
    """interactive, import, generator, restore or correction."""
    account_id: uuid.UUID | None = None
    """Proof for rows that are asked before a school is known: set only once it was verified."""
    token_hash: str = ""

    def parameters(self) -> dict[str, str]:
        return {
            "school_id": str(self.school_id or ""),
            "actor": self.actor,
            "reason": self.reason,
            "request_id": self.request_id,
            "origin": self.origin,
            "account_id": str(self.account_id or ""),
            "token_hash": self.token_hash,
        }


def set_scope(session: orm.Session, scope: Scope) -> None:
    """Changes for whom the rest of this transaction runs."""
    session.flush()
    session.info["scope"] = scope
    session.execute(_SET_SCOPE, scope.parameters())


def scope_of(session: orm.Session) -> Scope:
    """The scope that the running transaction was opened or last set with."""
    scope = session.info.get("scope")
    if not isinstance(scope, Scope):
        raise RuntimeError("the session runs outside Database.transaction()")
    return scope


def _refuse_hung_up(connection: psycopg.Connection, _record: object, _proxy: object) -> None:
    """Has the pool's connections made anew when the server closed this one while it lay idle.

    A server that says goodbye makes the socket readable, and an idle connection has nothing else to read: looking
    costs nothing, where the pool's own `pool_pre_ping` is a question to the server before every transaction.
    """
    idle = select.poll()
    idle.register(connection.fileno(), select.POLLIN)
    if idle.poll(0):
        raise sa.exc.InvalidatePoolError


class Database:
    """One service's database, as its application role. Safe to share between threads."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        pool_wait: float = 5,
        statement_timeout: str = "15s",
        bind: sa.Connection | None = None,
    ) -> None:
        """`bind` joins an outer transaction (tests); every transaction is then a savepoint of it."""
        settings = {"statement_timeout": statement_timeout, **SESSION_SETTINGS}
        self.engine = sa.create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,  # a failed statement would tell names wherever its error is written
            pool_timeout=pool_wait,
            connect_args={
                "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
                **HANGING_UP,
            },
        )
        sa.event.listen(self.engine, "checkout", _refuse_hung_up)
        self._sessions = orm.sessionmaker(
            bind=bind if bind is not None else self.engine,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint" if bind is not None else "conditional_savepoint",
        )

    @contextmanager
    def transaction(self, scope: Scope) -> Iterator[orm.Session]:
        """A unit of work: commits when the block ends, rolls back when it raises."""
        with self._sessions() as session, session.begin():
            session.info["scope"] = scope
            ask(session, (_SET_SCOPE, scope.parameters()))
            yield session

    @contextmanager
    def read(self, scope: Scope) -> Iterator[orm.Session]:
        """A transaction that can write nothing."""
        with self._sessions() as session, session.begin():
            session.info["scope"] = scope
            ask(session, (_SET_SCOPE_TO_READ if self._owns(session) else _SET_SCOPE, scope.parameters()))
            yield session
            # Nothing was written; this only gives the connection back.

    @contextmanager
    def snapshot(self, scope: Scope) -> Iterator[orm.Session]:
        """As `read`, and every statement sees the database as it was at the first (REPEATABLE READ)."""
        with self._sessions() as session, session.begin():
            if self._owns(session):
                session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            session.info["scope"] = scope
            session.execute(_SET_SCOPE, scope.parameters())
            yield session

    def _owns(self, session: orm.Session) -> bool:
        """Whether the session's transaction is a real one and not a savepoint of a test's."""
        return session.get_bind() is self.engine

    def check_role(self) -> None:
        """Refuses a role that row-level security does not bind. Raises RoleTooPowerfulError."""
        with self.engine.connect() as connection:
            powerful = connection.execute(
                sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            ).scalar_one()
        if powerful:
            raise RoleTooPowerfulError("the application role must be NOSUPERUSER NOBYPASSRLS")

    def check_environment(self, environment: str) -> None:
        """Refuses demonstration data in any other environment. Raises WrongEnvironmentError."""
        with self.engine.connect() as connection:
            made_as = connection.execute(sa.text("SELECT current_setting('app.environment', true)")).scalar_one()
        if (made_as == "demo") != (environment == "demo"):
            raise WrongEnvironmentError(f"a database made as {made_as!r} cannot be served as {environment!r}")

    def dispose(self) -> None:
        """Closes all connections; call it after a fork."""
        self.engine.dispose()
