"""What a consumer keeps of a source's rows: how they are taken over, what is compared, how they go.

The payload of a state row is the one form in which both sides speak. A copy says which of its fields it keeps and
in which columns; the source makes its digest of the same fields, so that neither knows the other's tables.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import scope_of

StateHandler = Callable[[orm.Session, Sequence[Mapping[str, Any]]], None]
"""Takes over rows of one school's present state. They overwrite whatever is there, a newer version too: a restored
source has gone back, and what is older than the state is kept out by the cursor and by the versions taken over."""


@dataclass(frozen=True)
class Copied:
    """One kind of a source's rows, as this service keeps it. Everything runs in the scope of one school."""

    take: StateHandler
    fields: tuple[str, ...]
    """Fields of the payload that are compared, `id` among them."""
    rows: Callable[[orm.Session], Sequence[Mapping[str, Any]]]
    """The school's rows, in the words of the payload, in order of `id`."""
    forget: Callable[[orm.Session, Collection[uuid.UUID]], None] | None
    """Lets go of rows that the source does not have; None where only a person may decide that."""


def kept_in(
    model: type[orm.DeclarativeBase],
    take: StateHandler,
    columns: Mapping[str, str],
    only: sa.ColumnElement[bool] | None = None,
) -> Copied:
    """A copy in a table under row-level security; `columns` says which column keeps which field of the payload.

    `only` leaves out rows of the table that did not come from the source.
    """
    table = model.__table__
    told = sa.true() if only is None else only

    def rows(session: orm.Session) -> Sequence[Mapping[str, Any]]:
        query = sa.select(*(table.c[column].label(field) for field, column in columns.items()))
        return [dict(row) for row in session.execute(query.where(told).order_by(table.c.id)).mappings()]

    def forget(session: orm.Session, ids: Collection[uuid.UUID]) -> None:
        session.execute(sa.delete(model).where(table.c.id.in_(ids), told))

    return Copied(take, tuple(columns), rows, forget)


def school_row(model: type[orm.DeclarativeBase], take: StateHandler) -> Copied:
    """The copy of the school itself, on which everything else hangs: it is corrected, and never let go of."""
    table = model.__table__

    def rows(session: orm.Session) -> Sequence[Mapping[str, Any]]:
        query = sa.select(table.c.id, table.c.name, table.c.zone).where(table.c.id == scope_of(session).school_id)
        return [dict(row) for row in session.execute(query).mappings()]

    return Copied(take, ("id", "name", "zone"), rows, None)
