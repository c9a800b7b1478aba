"""The demonstration's part of a first start: a process of its own builds it, the services are told of its people."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from deploy.servers import dying_with_parent

LEFT = 3
"""Exit code of `python -m deploy.demo` when there was nothing to build."""
Say = Callable[[str], None]
TELLING_SECONDS = 120.0
CONSUMERS = ("accounts", "notifications")
"""Services that hear journal's events."""

_WAITING = """
SELECT count(*) FROM consumer, stream
WHERE consumer.consumer = ANY(%s) AND consumer.acked >= stream.last_seq
  AND NOT EXISTS (SELECT FROM outbox WHERE seq IS NULL)
"""


def made(data: Path, environment: Mapping[str, str], today: dt.date | None, pupils: int | None) -> bool:
    """Whether anything was built, by a process whose memory goes with it. Raises CalledProcessError."""
    command = [sys.executable, "-m", "deploy.demo", "--data", str(data)]
    command += ["--today", today.isoformat()] if today else []
    command += ["--pupils", str(pupils)] if pupils else []
    done = subprocess.run(dying_with_parent(command), env={**os.environ, **environment})
    if done.returncode not in (0, LEFT):
        done.check_returncode()
    return done.returncode == 0


def wait_until_told(environment: Mapping[str, str], say: Say) -> None:
    """Returns when the other services know the people of the school, or after two minutes in any case: a guardian
    who signs in a moment too early is told to come again, nothing is lost."""
    say("Telling the services of the school's people …")
    began = time.monotonic()
    with psycopg.connect(environment["JOURNAL_DATABASE_URL"], autocommit=True) as connection:
        while time.monotonic() - began < TELLING_SECONDS:
            row = connection.execute(_WAITING, (list(CONSUMERS),)).fetchone()
            if row is not None and row[0] == len(CONSUMERS):
                say(f"They know everybody after {time.monotonic() - began:.1f} s.")
                return
            time.sleep(0.2)
    say("They are still being told; it goes on by itself.")
