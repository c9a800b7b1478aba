"""Counters of things that happen in workers, kept in the database and shown among the metrics of the web processes.

A worker has no door to be asked at, and its counters die with it; a row of `tally` is counted in the transaction
of what it counts, so that it says neither more nor less than what was committed. For rare things only: everybody who
counts the same thing waits for the same row.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import orm

from services.common.db import DATABASE_GONE, Database, Scope
from services.common.logging import logger

log = logger(__name__)

_ADD = sa.text(
    "INSERT INTO tally (name, about, total) VALUES (:name, :about, :number)"
    " ON CONFLICT (name, about) DO UPDATE SET total = tally.total + excluded.total"
)


def count(session: orm.Session, name: str, about: str, number: int = 1) -> None:
    """Adds to `zhurnal_<name>_total{about=…}` of this service, when the transaction commits."""
    session.execute(_ADD, {"name": name, "about": about, "number": number})


class Tallies(Collector):
    """What was counted so far in one service's database, by name, for a page of metrics."""

    def __init__(self, database: Database, service: str) -> None:
        self._database = database
        self._service = service

    def collect(self) -> Iterator[CounterMetricFamily]:
        try:
            with self._database.read(Scope(actor=f"service:{self._service}")) as session:
                rows = session.execute(sa.text("SELECT name, about, total FROM tally ORDER BY name, about")).all()
        except DATABASE_GONE as error:
            # Whoever asks for metrics wants those of the process most when its database is gone.
            log.warning("tally.unreadable", error=type(error).__name__)
            return
        families: dict[str, CounterMetricFamily] = {}
        for name, about, total in rows:
            if name not in families:
                text = f"{name.replace('_', ' ')} since this database was made"
                families[name] = CounterMetricFamily(f"zhurnal_{name}", text, labels=["service", "about"])
            families[name].add_metric([self._service, about], total)
        yield from families.values()
