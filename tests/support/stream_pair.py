"""Two databases made of the plumbing alone: a source that changes facts and a consumer that copies them."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy import orm

from services.common.config import sqlalchemy_url
from services.common.db import Database, Scope
from services.common.ddl import TALLY, enable_school_security, plumbing
from services.common.events import Copied, Event, StateHandler, publish, state_digest, state_page
from services.common.events.comparing import Comparison, compare_school
from services.common.events.rebuilding import rebuild
from services.common.events.receiving import RebuildNeededError, receive
from services.common.events.stream import Acknowledgement, Batch, acknowledge, declare_consumers, relay
from tests.support.databases import named

PASSWORD = "of-the-siege"

TABLES = {
    "source": """
        CREATE TABLE fact (school_id uuid NOT NULL, id uuid NOT NULL, version integer NOT NULL,
            PRIMARY KEY (school_id, id));
        """
    + enable_school_security("fact"),
    "copy": """
        CREATE TABLE copied (school_id uuid NOT NULL, id uuid NOT NULL, version integer NOT NULL,
            PRIMARY KEY (school_id, id));
        CREATE TABLE applied (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, school_id uuid NOT NULL,
            fact_id uuid NOT NULL, version integer NOT NULL, epoch text NOT NULL, seq bigint NOT NULL);
        """
    + enable_school_security("copied")
    + enable_school_security("applied"),
}


@dataclass(frozen=True)
class FactChanged:
    """What the source tells."""

    type: ClassVar[str] = "source.fact.changed.v1"
    fact_id: uuid.UUID
    version: int
    kind: str = "good"

    @property
    def key(self) -> str:
        return f"fact:{self.fact_id}"


def make_database(admin_url: str, service: str) -> str:
    """URL of a fresh database of `source` or `copy`, as its application role."""
    name = f"{service}_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(2)")
        _make_template(admin, admin_url, service)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(f"pair_{service}")
            )
        )
    url = sa.make_url(sqlalchemy_url(named(admin_url, name)))
    return url.set(username=f"{service}_app", password=PASSWORD).render_as_string(hide_password=False)


def _make_template(admin: psycopg.Connection, admin_url: str, service: str) -> None:
    template = f"pair_{service}"
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone():
        return
    role = sql.Identifier(f"{service}_app")
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(PASSWORD)))
    admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(template)))
    with psycopg.connect(named(admin_url, template), autocommit=True) as made:
        made.execute(plumbing(service))
        made.execute(TALLY)
        made.execute("CREATE TABLE school (id uuid PRIMARY KEY, zone text NOT NULL DEFAULT 'UTC')")
        made.execute(TABLES[service])
        made.execute(
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role)
        )


def copy_fact(session: orm.Session, event: Event) -> None:
    """The consumer's handler: notes that it ran, then lets no older version overwrite."""
    data = event.data
    if data["kind"] == "poison":
        raise ValueError("cannot be taken")
    session.execute(
        sa.text("INSERT INTO applied (school_id, fact_id, version, epoch, seq) VALUES (:s, :f, :v, :e, :q)"),
        {"s": event.school_id, "f": data["fact_id"], "v": data["version"], "e": event.epoch, "q": event.seq},
    )
    _copy(session, event.school_id, data["fact_id"], data["version"])


def copy_state(session: orm.Session, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        session.execute(
            sa.text(
                "INSERT INTO copied (school_id, id, version) VALUES (:school_id, :id, :version)"
                " ON CONFLICT (school_id, id) DO UPDATE SET version = excluded.version"
            ),
            dict(row),
        )


def _copied_rows(session: orm.Session) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in session.execute(sa.text("SELECT id, version FROM copied ORDER BY id")).mappings()]


def _forget(session: orm.Session, ids: Collection[uuid.UUID]) -> None:
    session.execute(sa.text("DELETE FROM copied WHERE id = ANY(:ids)"), {"ids": list(ids)})


def _copy(session: orm.Session, school_id: Any, fact_id: Any, version: int) -> None:
    session.execute(
        sa.text(
            "INSERT INTO copied (school_id, id, version) VALUES (:s, :f, :v)"
            " ON CONFLICT (school_id, id) DO UPDATE SET version = excluded.version"
            " WHERE copied.version < excluded.version"
        ),
        {"s": school_id, "f": fact_id, "v": version},
    )


@dataclass
class CopySubscriptions:
    """What a `subscriptions.py` would say."""

    handler: Callable[[orm.Session, Event], None] = copy_fact
    state: StateHandler = copy_state
    SOURCES: tuple[str, ...] = ("source",)

    @property
    def HANDLERS(self) -> Mapping[str, Callable[[orm.Session, Event], None]]:
        return {FactChanged.type: self.handler}

    @property
    def STATES(self) -> Mapping[str, Mapping[str, Copied]]:
        return {"source": {"fact": Copied(self.state, ("id", "version"), _copied_rows, _forget)}}


@dataclass
class Pair:
    """A source and a consumer with a queue between them that a test may disturb."""

    source: Database
    copy: Database
    subscriptions: CopySubscriptions = field(default_factory=CopySubscriptions)
    queue: deque[Batch | Acknowledgement] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)

    def school(self) -> uuid.UUID:
        school_id = uuid.uuid4()
        for database in (self.source, self.copy):
            with database.transaction(Scope()) as session:
                session.execute(sa.text("INSERT INTO school (id) VALUES (:id)"), {"id": school_id})
        return school_id

    def change(self, school_id: uuid.UUID, fact_id: uuid.UUID, kind: str = "good") -> int:
        """One more version of a fact, told."""
        with self.source.transaction(Scope(school_id=school_id)) as session:
            return change(session, school_id, fact_id, kind)

    # --- the stream ------------------------------------------------------------------------------------

    def relay(self) -> None:
        relay(self.source, "source", self.queue.append)

    def take_in(self, batch: Batch) -> Acknowledgement | None:
        try:
            return receive(self.copy, "copy", self.subscriptions, batch)
        except RebuildNeededError:
            return rebuild(self.copy, "copy", self.subscriptions, batch, self.ask)

    def step(self) -> None:
        """Delivers the oldest message."""
        message = self.queue.popleft()
        if isinstance(message, Acknowledgement):
            acknowledge(self.source, message, self.queue.append)
            return
        answer = self.take_in(message)
        if answer is not None:
            self.queue.append(answer)

    def deliver(self) -> None:
        """Relays and delivers until all is quiet."""
        self.relay()
        while self.queue:
            self.step()

    def pass_time(self) -> None:
        """As if every pause of a resend were over."""
        with self.source.transaction(Scope()) as session:
            session.execute(sa.text("UPDATE consumer SET next_at = '-infinity', asked_at = '-infinity'"))

    def stop_time(self) -> None:
        """As if no pause of a resend could end, however slow the machine is."""
        with self.source.transaction(Scope()) as session:
            session.execute(sa.text("UPDATE consumer SET next_at = 'infinity'"))

    def ask(
        self, source: str, kind: str, cursor: str | None, school_id: uuid.UUID | None = None
    ) -> Mapping[str, Any]:
        self.asked.append(kind)
        return state_page(self.source, source, _fact_rows, cursor, limit=3, school_id=school_id)

    def ask_digest(self, source: str, kind: str, school_id: uuid.UUID, fields: Sequence[str]) -> Mapping[str, Any]:
        return state_digest(self.source, source, _fact_rows, school_id, fields)

    def compare(self, school_id: uuid.UUID) -> Comparison:
        """What the nightly job does for a school."""
        [found] = compare_school(self.copy, "copy", self.subscriptions, self.ask, self.ask_digest, school_id)
        return found

    # --- what came of it -------------------------------------------------------------------------------

    def facts(self) -> dict[uuid.UUID, int]:
        return self._versions(self.source, "fact")

    def copies(self) -> dict[uuid.UUID, int]:
        return self._versions(self.copy, "copied")

    def applied(self) -> list[tuple[uuid.UUID, int]]:
        """(fact, version) as handlers ran, in order within each school."""
        rows = self.rows(self.copy, "SELECT n, fact_id, version FROM applied")
        return [(row.fact_id, row.version) for row in sorted(rows)]

    def parked(self) -> int:
        return len(self.rows(self.copy, "SELECT seq FROM parked"))

    def cursor(self) -> Any:
        with self.copy.transaction(Scope()) as session:
            return session.execute(sa.text("SELECT epoch, seq, tries FROM cursor")).one()

    def _versions(self, database: Database, table: str) -> dict[uuid.UUID, int]:
        return {row.id: row.version for row in self.rows(database, f"SELECT id, version FROM {table}")}

    def rows(self, database: Database, select: str) -> list[Any]:
        with database.transaction(Scope()) as session:
            schools = list(session.execute(sa.text("SELECT id FROM school")).scalars())
        found: list[Any] = []
        for school_id in schools:
            with database.transaction(Scope(school_id=school_id)) as session:
                found += session.execute(sa.text(select)).all()
        return found

    def dispose(self) -> None:
        self.source.dispose()
        self.copy.dispose()


def _fact_rows(session: orm.Session, after: uuid.UUID | None, limit: int) -> list[dict[str, Any]]:
    found = session.execute(
        sa.text(
            "SELECT CAST(id AS text) AS id, version FROM fact"
            " WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit"
        ),
        {"after": after, "limit": limit},
    )
    return [dict(row) for row in found.mappings()]


def change(session: orm.Session, school_id: uuid.UUID, fact_id: uuid.UUID, kind: str = "good") -> int:
    """Adds one to a fact's version under its row's lock and tells of it."""
    version: int = session.execute(
        sa.text(
            "INSERT INTO fact (school_id, id, version) VALUES (:s, :f, 1)"
            " ON CONFLICT (school_id, id) DO UPDATE SET version = fact.version + 1 RETURNING version"
        ),
        {"s": school_id, "f": fact_id},
    ).scalar_one()
    publish(session, FactChanged(fact_id, version, kind))
    return version


def change_many(session: orm.Session, school_id: uuid.UUID, fact_ids: Sequence[uuid.UUID]) -> None:
    """As `change`, for several facts in one statement; ids sorted, so that writers do not dead-lock."""
    rows = session.execute(
        sa.text(
            "INSERT INTO fact (school_id, id, version) SELECT :s, id, 1"
            " FROM unnest(CAST(:facts AS uuid[])) AS id"
            " ON CONFLICT (school_id, id) DO UPDATE SET version = fact.version + 1 RETURNING id, version"
        ),
        {"s": school_id, "facts": list(fact_ids)},
    )
    for fact_id, version in rows.all():
        publish(session, FactChanged(fact_id, version))


def make_pair(admin_url: str) -> Pair:
    pair = Pair(
        Database(sqlalchemy_url(make_database(admin_url, "source")), pool_size=12),
        Database(sqlalchemy_url(make_database(admin_url, "copy")), pool_size=4),
    )
    declare_consumers(pair.source, "source", ["copy"])
    return pair
