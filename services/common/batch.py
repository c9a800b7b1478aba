"""Several questions to PostgreSQL by one way there and back; rows as plain tuples.

For pages that put many small questions: a way costs more than most of them, and so do objects that are made of rows
only to be taken apart again. The statements are SQLAlchemy's; psycopg's pipeline carries them on the session's own
connection, in its transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as dialect
from sqlalchemy.orm import Session

_DIALECT: sa.Dialect = dialect.dialect()  # type: ignore[no-untyped-call]

Question = tuple[sa.ClauseElement, Mapping[str, Any]]
"""A statement that is made once, with names for what changes, and what they stand for now."""
Rows = Sequence[tuple[Any, ...]]


@functools.lru_cache(maxsize=256)
def _text_of(statement: sa.ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))


def ask(session: Session, *questions: Question) -> list[Rows]:
    """The rows of each question, in order. Raises what SQLAlchemy raises.

    As the first words of a transaction they take its BEGIN along.
    """
    session.flush()
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.pipeline():
            cursors = [driver.execute(_text_of(statement), parameters) for statement, parameters in questions]
            return [cursor.fetchall() for cursor in cursors]
    except psycopg.Error as error:
        if driver.broken:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(None, None, error, psycopg.Error) from error
