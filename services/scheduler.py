"""`python -m services.scheduler`: the one process that listens and ticks; several do no harm.

It hears `NOTIFY relay` and `NOTIFY work` in every service's database, looks every two seconds whatever
happens, and each minute sends the sweeps and what the schedule says. It computes nothing and keeps nothing:
what it loses in dying, the next look or sweep finds.
"""

from __future__ import annotations

import heapq
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import kombu.exceptions
import psycopg
from celery import Celery

from services.common.celery import STALE_SECONDS, create_celery, send
from services.common.clock import now
from services.common.config import SERVICES, ConfigurationError, setting, sqlalchemy_url
from services.common.db import DATABASE_GONE, Database
from services.common.events.stream import Batch, declare_consumers, relay
from services.common.logging import configure_logging, logger
from services.common.pulse import pulse_file
from services.common.schedule import claim_due

log = logger(__name__)

CONSUMERS: Mapping[str, tuple[str, ...]] = {
    "accounts": ("journal", "notifications", "reports"),
    "journal": ("accounts", "notifications"),
    "notifications": (),
    "reports": (),
}
"""Who hears whom: the other side of every service's `subscriptions.SOURCES` (a test compares)."""

LOOK_SECONDS = 2.0
MINUTE_SECONDS = 60.0
RECONNECT_SECONDS = 1.0
NUDGE_SECONDS = 0.1
"""Shortest pause between two nudges of one queue and school: a busy worker needs no pile of them."""

REDIS_GONE = (kombu.exceptions.OperationalError, ConnectionError, TimeoutError)


@dataclass
class _Source:
    """One service's database: transactions through `database`, notifications through `listener`."""

    name: str
    database: Database
    consumers: tuple[str, ...]
    listener: psycopg.Connection | None = None
    declared: bool = False
    connect_at: float = 0.0


@dataclass(order=True)
class _Nudge:
    due: float
    queue: str = field(compare=False)
    school: str = field(compare=False)


class Scheduler:
    """Listens, looks and ticks until `stop` is called."""

    def __init__(self, urls: Mapping[str, str], consumers: Mapping[str, tuple[str, ...]], celery: Celery) -> None:
        self._sources = [_Source(name, Database(url, pool_size=1), consumers[name]) for name, url in urls.items()]
        self._celery = celery
        self._selector = selectors.DefaultSelector()
        self._nudges: list[_Nudge] = []
        self._nudged_at: dict[tuple[str, str], float] = {}
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._stopping = False

    def stop(self, *_: int | FrameType | None) -> None:
        """Ends `run` after the round that is under way; fit to be a signal's handler."""
        self._stopping = True
        self._wake.send(b"x")

    def run(self) -> None:
        """Serves until stopped, whatever of PostgreSQL and Redis comes and goes."""
        self._warm_up()
        look_at = minute_at = time.monotonic()
        pulse = pulse_file()
        log.info("scheduler.started", services=[source.name for source in self._sources])
        while not self._stopping:
            moment = time.monotonic()
            heard = self._hear(max(0.0, min(look_at, minute_at, self._next_nudge()) - moment))
            moment = time.monotonic()
            if moment >= look_at:
                look_at = moment + LOOK_SECONDS
                if pulse is not None:
                    pulse.touch()
                self._connect(moment)
                heard = {source.name for source in self._sources}
            for source in self._sources:
                if source.name in heard:
                    self._relay(source)
            if moment >= minute_at:
                minute_at = moment + MINUTE_SECONDS
                self._each_minute()
            self._send_nudges(moment)
        self._close()
        log.info("scheduler.stopped")

    # --- hearing ---------------------------------------------------------------------------------------

    def _connect(self, moment: float) -> None:
        for source in self._sources:
            if source.listener is None and moment >= source.connect_at:
                source.connect_at = moment + RECONNECT_SECONDS
                self._listen(source)

    def _listen(self, source: _Source) -> None:
        conninfo = source.database.engine.url.set(drivername="postgresql")
        try:
            source.listener = psycopg.connect(
                conninfo.render_as_string(hide_password=False), autocommit=True, connect_timeout=3
            )
            source.listener.execute("LISTEN relay")
            source.listener.execute("LISTEN work")
        except psycopg.Error as error:
            log.warning("scheduler.database_silent", service=source.name, error=type(error).__name__)
            self._drop(source)
            return
        self._selector.register(source.listener.fileno(), selectors.EVENT_READ, source)

    def _drop(self, source: _Source) -> None:
        listener, source.listener = source.listener, None
        if listener is None:
            return
        for key in list(self._selector.get_map().values()):
            if key.data is source:
                self._selector.unregister(key.fileobj)
        listener.close()

    def _hear(self, seconds: float) -> set[str]:
        """Names of the services whose outbox grew; work that was told of becomes nudges."""
        heard: set[str] = set()
        for key, _ in self._selector.select(seconds):
            source: _Source | None = key.data
            if source is None:
                self._woken.recv(64)
                continue
            if source.listener is None:
                continue
            try:
                for notice in source.listener.notifies(timeout=0):
                    if notice.channel == "relay":
                        heard.add(source.name)
                    else:
                        self._plan_nudge(notice.payload)
            except psycopg.Error as error:
                log.warning("scheduler.database_gone", service=source.name, error=type(error).__name__)
                self._drop(source)
        return heard

    # --- sending ---------------------------------------------------------------------------------------

    def _warm_up(self) -> None:
        """The first message of a process costs half a second; no user should be the one to wait for it."""
        try:
            with self._celery.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, timeout=2)
            self._celery.finalize()
        except REDIS_GONE as error:
            log.warning("scheduler.redis_silent", error=type(error).__name__)

    def _send(self, task: str, queue: str, stale_after: float | None = STALE_SECONDS, **arguments: Any) -> bool:
        try:
            send(self._celery, task, queue, stale_after, **arguments)
        except REDIS_GONE as error:
            log.warning("scheduler.redis_gone", error=type(error).__name__)
            return False
        return True

    def _relay(self, source: _Source) -> None:
        def send_batch(batch: Batch) -> None:
            # A batch that is not sent counts as lost: it comes again after two seconds.
            self._send(f"{batch.consumer}.receive_events", batch.consumer, **batch.message())

        def work(source: _Source) -> None:
            if not source.declared:
                declare_consumers(source.database, source.name, source.consumers)
                source.declared = True
            relay(source.database, source.name, send_batch)

        self._guarded(source, work)

    def _each_minute(self) -> None:
        for source in self._sources:
            self._send(f"{source.name}.sweep", source.name)
            self._guarded(source, self._start_jobs)
        stale = time.monotonic() - MINUTE_SECONDS
        self._nudged_at = {key: at for key, at in self._nudged_at.items() if at > stale}

    def _start_jobs(self, source: _Source) -> None:
        for due in claim_due(source.database, source.name, now()):
            # Claimed for today: nobody would say it again before tomorrow.
            self._send(f"{source.name}.{due.job}", source.name, None, school=str(due.school_id))

    def _guarded(self, source: _Source, work: Callable[[_Source], None]) -> None:
        try:
            work(source)
        except DATABASE_GONE as error:
            log.warning("scheduler.database_gone", service=source.name, error=type(error).__name__)

    # --- nudges ----------------------------------------------------------------------------------------

    def _plan_nudge(self, payload: str) -> None:
        queue, school, seconds = payload.split(":")
        earliest = self._nudged_at.get((queue, school), 0.0) + NUDGE_SECONDS
        due = max(time.monotonic() + float(seconds), earliest)
        planned = (n for n in self._nudges if (n.queue, n.school) == (queue, school))
        if not any(due <= nudge.due <= due + NUDGE_SECONDS for nudge in planned):
            heapq.heappush(self._nudges, _Nudge(due, queue, school))

    def _next_nudge(self) -> float:
        return self._nudges[0].due if self._nudges else float("inf")

    def _send_nudges(self, moment: float) -> None:
        while self._nudges and self._nudges[0].due <= moment:
            nudge = heapq.heappop(self._nudges)
            self._nudged_at[nudge.queue, nudge.school] = moment
            service = nudge.queue.partition(".")[0]
            if not self._send(f"{service}.work", nudge.queue, kind=nudge.queue, school=nudge.school):
                return  # the sweep tells it again

    def _close(self) -> None:
        for source in self._sources:
            self._drop(source)
            source.database.dispose()
        self._selector.close()
        self._wake.close()
        self._woken.close()


def database_urls(environ: Mapping[str, str], services: Iterable[str] = SERVICES) -> dict[str, str]:
    """SQLAlchemy URLs by service. Raises ConfigurationError."""
    return {name: sqlalchemy_url(setting(environ, f"{name.upper()}_DATABASE_URL")) for name in services}


def main() -> int:
    configure_logging("scheduler")
    try:
        urls = database_urls(os.environ)
        redis_url = setting(os.environ, "REDIS_URL")
    except ConfigurationError as error:
        log.error("scheduler.misconfigured", error=str(error))
        return 2
    scheduler = Scheduler(urls, CONSUMERS, create_celery("scheduler", redis_url, ["scheduler"]))
    signal.signal(signal.SIGTERM, scheduler.stop)
    signal.signal(signal.SIGINT, scheduler.stop)
    scheduler.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
