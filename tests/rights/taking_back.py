"""Requests of which nothing stays: each transaction is carried as far as its commit, and taken back instead.

So every viewer finds the school as the one before did, an allowed write may be tried by all who may, and a mutant's
damage ends with its request. Triggers and constraints that wait for the commit are run before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from services.accounts.edge import Accounts
from tests.support.suite import Suite


class Writes:
    """Services in which somebody's transaction that wrote has come to its commit, since `forget`.

    What a service learns of another is nobody's act.
    """

    def __init__(self) -> None:
        self.services: list[str] = []

    def forget(self) -> None:
        self.services.clear()


@contextlib.contextmanager
def taking_back(suite: Suite) -> Iterator[Writes]:
    """All services of the suite keep nothing while the block runs."""
    writes = Writes()
    with contextlib.ExitStack() as stack:
        for name, service in suite.services.items():
            _take_back(stack, service.database.engine, writes, name)
            if isinstance(service, Accounts):
                # Introspection notes when a session was last seen; that is no act of the viewer.
                _take_back(stack, service.quick.engine, Writes(), name)
        yield writes


def _take_back(stack: contextlib.ExitStack, engine: sa.Engine, writes: Writes, name: str) -> None:
    def before_commit(connection: sa.Connection) -> None:
        with connection.connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # PostgreSQL gives a transaction its number with the first row that it writes or locks.
            cursor.execute("SELECT pg_current_xact_id_if_assigned(), current_setting('app.actor', true)")
            number, actor = cursor.fetchone() or (None, "")
            if number is not None and not str(actor).startswith("service:"):
                writes.services.append(name)
        connection.connection.rollback()

    sa.event.listen(engine, "commit", before_commit)
    stack.callback(sa.event.remove, engine, "commit", before_commit)
