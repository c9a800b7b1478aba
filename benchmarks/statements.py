"""What a request makes of SQL: taken down once, so that yardsticks run exactly the same."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import orjson
import psycopg

FRESH = "op_id"
"""A parameter of ids that no two transactions may share."""

_TYPES: Mapping[str, tuple[type, Callable[[str], Any]]] = {
    "uuid": (uuid.UUID, uuid.UUID),
    "moment": (dt.datetime, dt.datetime.fromisoformat),
    "day": (dt.date, dt.date.fromisoformat),
    "number": (decimal.Decimal, decimal.Decimal),
}


@dataclass(frozen=True)
class Statement:
    """As psycopg gets it; several sets of parameters are an `executemany`."""

    text: str
    parameters: Sequence[Mapping[str, Any]]
    many: bool = False

    @property
    def writes(self) -> bool:
        words = self.text.lstrip().upper()
        return words.startswith(("INSERT", "UPDATE", "DELETE", "WITH WRITTEN AS (INSERT"))


@contextmanager
def taken_down() -> Iterator[list[Statement]]:
    """The list grows by what this process lets psycopg execute meanwhile."""
    found: list[Statement] = []
    execute_one, execute_many = psycopg.Cursor.execute, psycopg.Cursor.executemany

    def one(cursor: psycopg.Cursor, text: Any, parameters: Any = None, **more: Any) -> Any:
        found.append(Statement(str(text), [parameters or {}]))
        return execute_one(cursor, text, parameters, **more)

    def many(cursor: psycopg.Cursor, text: Any, parameters: Any, **more: Any) -> Any:
        found.append(Statement(str(text), list(parameters), many=True))
        return execute_many(cursor, text, parameters, **more)

    cursor = psycopg.Cursor
    with mock.patch.object(cursor, "execute", one), mock.patch.object(cursor, "executemany", many):
        yield found


def dumped(plan: Sequence[Statement]) -> Any:
    """As JSON can carry it."""
    return [[one.text, [_out(p) for p in one.parameters], one.many] for one in plan]


def loaded(plan: Any) -> list[Statement]:
    """The other way."""
    return [Statement(text, [_in(p) for p in parameters], many) for text, parameters, many in plan]


def _out(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _out(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_out(one) for one in value]
    for name, (kind, _) in _TYPES.items():
        if isinstance(value, kind):
            return {"$": name, "is": str(value)}
    return value


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return [_in(one) for one in value]
    if isinstance(value, dict):
        if "$" in value:
            return _TYPES[value["$"]][1](value["is"])
        return {name: _in(one) for name, one in value.items()}
    return value


def execute(connection: psycopg.Connection, plan: Sequence[Statement], given: Mapping[str, Any]) -> list[Any]:
    """Runs a plan in one transaction, parameters that are `given` in place of their namesakes; all rows."""
    rows: list[Any] = []
    with connection.transaction(), connection.cursor() as cursor:
        for statement in plan:
            if statement.many:
                cursor.executemany(statement.text, statement.parameters)
                continue
            parameters = statement.parameters[0]
            own = {name: given[name] for name in parameters if name in given}
            cursor.execute(statement.text, {**parameters, **own} or None)
            if cursor.description:
                rows += cursor.fetchall()
    return rows


def literal(connection: psycopg.Connection, plan: Sequence[Statement], given: Mapping[str, Any]) -> str:
    """A plan as a script for pgbench, one transaction."""
    cursor = psycopg.ClientCursor(connection)
    lines = ["BEGIN;"]
    for statement in plan:
        for parameters in statement.parameters:
            own = {name: given[name] for name in parameters if name in given}
            wanted = statement.text
            if FRESH in parameters:
                ids = f"ARRAY(SELECT gen_random_uuid() FROM generate_series(1, {len(parameters[FRESH])}))"
                wanted = wanted.replace(f"%({FRESH})s", ids)
            text = cursor.mogrify(wanted, {**parameters, **own})
            lines.append(" ".join(text.split("\n")) + ";")
    return "\n".join([*lines, "COMMIT;", ""])


def write_plans(path: str, plans: Mapping[str, Sequence[Sequence[Statement]]]) -> None:
    """By kind, a plan for each talk."""
    with open(path, "wb") as file:
        file.write(orjson.dumps({kind: [dumped(plan) for plan in some] for kind, some in plans.items()}))


def read_plans(path: str) -> dict[str, list[list[Statement]]]:
    with open(path, "rb") as file:
        return {kind: [loaded(plan) for plan in some] for kind, some in orjson.loads(file.read()).items()}
