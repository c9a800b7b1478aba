"""Many rows in few statements: statement triggers fire seldom; row-level security, which refuses COPY, applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import orm

AT_ONCE = 2000
"""Rows of one statement: the statement timeout of a service is for requests, not for a machine that is busy."""


def insert_rows(session: orm.Session, model: type[orm.DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> int:
    """Writes rows of one table, all with the same columns; how many."""
    if not rows:
        return 0
    table = model.__table__
    columns = ", ".join(table.c[name].name for name in rows[0])
    statement = sa.text(
        f"INSERT INTO {table} ({columns})"  # noqa: S608 - names of a model's columns, no input
        f" SELECT {columns} FROM json_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS json))"
    )
    for start in range(0, len(rows), AT_ONCE):
        part = [dict(row) for row in rows[start : start + AT_ONCE]]
        session.execute(statement, {"rows": orjson.dumps(part, default=str).decode()})
    return len(rows)
