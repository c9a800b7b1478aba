"""The demonstration's part of a start: built at the first one, kept as it is at every other."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg

from deploy.demo.building import STATEMENT_TIMEOUT, Built, ForeignSchoolError, build
from deploy.demo.plan import DESCRIPTION, ZONE, kept_plan
from deploy.suite import write_private
from services.common.clock import today_in
from services.common.config import sqlalchemy_url
from services.common.db import Database

Say = Callable[[str], None]
TELLING_SECONDS = 120.0
CONSUMERS = ("accounts", "notifications")
"""Services that hear journal's events."""

_WAITING = """
SELECT count(*) FROM consumer, stream
WHERE consumer.consumer = ANY(%s) AND consumer.acked >= stream.last_seq
  AND NOT EXISTS (SELECT FROM outbox WHERE seq IS NULL)
"""


def prepare(data: Path, environment: Mapping[str, str], today: dt.date | None, say: Say) -> bool:
    """Builds the demonstration unless this folder has it; whether anything was built."""
    path = data / DESCRIPTION
    if path.exists():
        _move(path, environment["ZHURNAL_URL"])
        return False
    plan, fresh = kept_plan(data, today or today_in(ZONE))
    say(f"Making the demonstration school around {plan.day} …")
    began = time.monotonic()
    accounts, journal = (_database(environment, service) for service in ("accounts", "journal"))
    try:
        built = build(accounts, journal, plan, fresh)
    except ForeignSchoolError:
        say("These databases hold a school that this folder knows nothing of; it is left as it is.")
        return False
    finally:
        accounts.dispose()
        journal.dispose()
    _describe(path, environment["ZHURNAL_URL"], built)
    say(_figures(built, time.monotonic() - began))
    return True


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


def greeting(data: Path) -> list[str]:
    """What is shown when the suite is ready; nothing where there is no demonstration."""
    path = data / DESCRIPTION
    if not path.exists():
        return []
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    width = max(len(one["login"]) for one in told["people"])
    lines = ["", f"The demonstration school is at {told['url']}. Sign in as:", ""]
    lines += [f"  {one['login']:<{width}}  {one['password']}  {_hint(one)}" for one in told["people"]]
    return [
        *lines,
        "",
        "What to try first:",
        "  1. Sign in as teacher, open the first journal (8А) and type 5 into a cell of the last lesson day.",
        "  2. Sign in as guardian (another browser window): the mark stands in the diary of the child in 8А.",
        "  3. Mark the child of guardianrefused too: no letter goes, the diary stays closed.",
        "  4. Sign in as administrator and open /demo/mail: the letters that families got.",
        f"  Sign-ins for scripts: {path}. A school of your own: ./run --empty --data <another folder>",
        "",
    ]


def _hint(person: Mapping[str, Any]) -> str:
    consents = {child["consent"] for child in person["children"]}
    said = {"given": "agreed", "refused": "refused", "missing": "has not decided"}
    more = f" ({', '.join(said[consent] for consent in sorted(consents))})" if consents else ""
    return f"{person['role'].replace('_', ' ')}{more}: {person['name']}"


def _database(environment: Mapping[str, str], service: str) -> Database:
    url = sqlalchemy_url(environment[f"{service.upper()}_DATABASE_URL"])
    return Database(url, pool_size=1, statement_timeout=STATEMENT_TIMEOUT)


def _describe(path: Path, url: str, built: Built) -> None:
    told = {"url": url, "school": str(built.school_id), "people": built.people}
    write_private(path, json.dumps(told, ensure_ascii=False, indent=1))


def _move(path: Path, url: str) -> None:
    """The address of this start; all else stays as it was written."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if told["url"] != url:
        write_private(path, json.dumps(told | {"url": url}, ensure_ascii=False, indent=1))


def _figures(built: Built, seconds: float) -> str:
    rows = built.rows
    shown = ", ".join(f"{rows.get(table, 0)} {noun}" for table, noun in _NOUNS.items())
    return f"{sum(rows.values())} rows in {seconds:.1f} s, as of {built.day}: {shown}."


_NOUNS = {
    "person": "people",
    "school_class": "classes",
    "lesson": "lessons",
    "mark": "marks",
    "attendance": "absences",
    "period_mark": "period marks",
}
