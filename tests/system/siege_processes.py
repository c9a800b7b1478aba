"""The processes of the siege: a real Celery worker and the real scheduler, over a queue that is disturbed.

`celery -A tests.system.siege_processes worker …` and `python -m tests.system.siege_processes`.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from celery import Celery
from sqlalchemy import orm

from services.common.celery import create_celery
from services.common.clients import InternalClient
from services.common.config import Settings
from services.common.db import Database
from services.common.events import Event, numbering
from services.common.events.tasks import register_event_tasks
from services.common.identity import Authenticator
from services.common.logging import configure_logging
from services.common.service import Service
from services.scheduler import Scheduler
from tests.support.stream_pair import CopySubscriptions, copy_fact

CONSUMERS = {"source": ("copy",), "copy": ()}
QUEUES = ["source", "source.relay", "copy", "copy.relay"]

NUMBER_BY_IDENTITY = sa.text(
    "WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM outbox"
    "   WHERE id > (SELECT coalesce(max(id), 0) FROM outbox WHERE seq IS NOT NULL) ORDER BY id LIMIT :most),"
    " numbered AS (UPDATE outbox o SET seq = :last + fresh.n FROM fresh WHERE o.id = fresh.id"
    "   RETURNING o.seq)"
    " UPDATE stream SET last_seq = (SELECT max(seq) FROM numbered) WHERE EXISTS (SELECT 1 FROM numbered)"
    " RETURNING last_seq"
)
"""The negative control: a relay that remembers the last identity value and looks for what is behind it."""

if os.environ.get("SIEGE_NUMBERS") == "identity":
    numbering._NUMBER = NUMBER_BY_IDENTITY


def note(word: str) -> None:
    """Remembers past this process's death that something happened: a byte in a file."""
    path = Path(os.environ["SIEGE_FOLDER"]) / f"{word}.notes"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, b".")
    os.close(handle)


def disturbed(send_task: Callable[..., Any]) -> Callable[..., Any]:
    """A `send_task` that loses, doubles and delays one message in twenty each."""
    chance = random.Random(f"{os.environ.get('SIEGE_SEED', '')} {os.environ['SIEGE_PROCESS']}")

    def send(*arguments: Any, **options: Any) -> Any:
        if options["kwargs"].get("attempt", 0) > 1:
            note("resent")
        luck = chance.random() if "SIEGE_UNDISTURBED" not in os.environ else 1.0
        if luck < 0.05:
            note("lost")
            return None
        if luck < 0.10:
            note("doubled")
            send_task(*arguments, **options)
        elif luck < 0.15:
            note("late")
            later = threading.Timer(chance.random() * 3, send_task, arguments, options)
            later.daemon = True
            later.start()
            return None
        return send_task(*arguments, **options)

    return send


def copy_or_die(session: orm.Session, event: Event) -> None:
    """The consumer's handler; a `killer` ends the process that runs it, as memory that runs out does."""
    if event.data["kind"] == "killer":
        note("died")
        os.kill(os.getpid(), signal.SIGKILL)
    copy_fact(session, event)


def make_celery() -> Celery:
    made = create_celery("siege", os.environ["REDIS_URL"], QUEUES)
    made.send_task = disturbed(made.send_task)
    return made


def make_service(name: str) -> Service:
    settings = Settings(
        service=name,
        environment="test",
        database_url=os.environ[f"{name.upper()}_DATABASE_URL"],
        redis_url=os.environ["REDIS_URL"],
        public_url="",
        service_token="",
        token_digests={},
        internal_port=None,
        internal_urls={},
        smtp_url="",
        introspection_seconds=0.5,
        data=Path(),
    )
    client = InternalClient(settings)
    database = Database(settings.database_url, pool_size=2)
    return Service(settings, database, client, Authenticator(lambda _: None), {})


def make_worker() -> Celery:
    made = make_celery()
    for name in CONSUMERS:
        register_event_tasks(made, make_service(name), CopySubscriptions(copy_or_die))
    return made


def main() -> None:
    configure_logging("scheduler")
    urls = {name: os.environ[f"{name.upper()}_DATABASE_URL"] for name in CONSUMERS}
    scheduler = Scheduler(urls, CONSUMERS, make_celery())
    signal.signal(signal.SIGTERM, scheduler.stop)
    scheduler.run()


if __name__ == "__main__":
    main()
elif "REDIS_URL" in os.environ:
    celery = make_worker()
