"""Sections that a statement each answers, all asked by one way to the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.batch import Rows, ask
from services.common.personal_data.sections import Section, Value, section

Reading = Callable[[Any], Value]
"""How people read what is stored in a column."""


@dataclass(frozen=True)
class SectionQuery:
    """A section and the statement that answers it."""

    name: str
    title: str
    columns: Mapping[str, str]
    """As of a section: name for programs -> heading for people."""
    statement: sa.TextClause
    """Selects the columns in their order, of `:person`."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    """Of the columns that hold anything but what people read."""


def by_words(words: Mapping[str, str]) -> Reading:
    """The word for a stored code; a code without one is shown as it is, for it is kept all the same."""

    def read(code: Any) -> Value:
        word: Value = words.get(code, code)
        return word

    return read


def gathered(session: Session, queries: Sequence[SectionQuery], person_id: uuid.UUID) -> list[Section]:
    """A section for each query, in order. Raises what SQLAlchemy raises."""
    answers = ask(session, *((one.statement, {"person": person_id}) for one in queries))
    return [_section(one, rows) for one, rows in zip(queries, answers, strict=True)]


def _section(query: SectionQuery, rows: Rows) -> Section:
    readings = [query.readings.get(name, _as_it_is) for name in query.columns]
    read = [[reading(value) for reading, value in zip(readings, row, strict=True)] for row in rows]
    return section(query.name, query.title, query.columns, read)


def _as_it_is(value: Any) -> Value:
    kept: Value = value
    return kept
