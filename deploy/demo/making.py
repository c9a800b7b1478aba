"""Makes the demonstration of a data folder: the school, its description, and how long each part took."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.demo.building import STATEMENT_TIMEOUT, Built, ForeignSchoolError, build
from deploy.demo.kept import DESCRIPTION
from deploy.demo.plan import ZONE, kept_plan
from deploy.suite import write_private
from services.common.clock import today_in
from services.common.config import sqlalchemy_url
from services.common.db import Database

Say = Callable[[str], None]


def make(data: Path, environment: Mapping[str, str], today: dt.date | None, pupils: int | None, say: Say) -> bool:
    """Builds the demonstration; whether anything was built. Settings are those of the suite's processes."""
    plan, fresh = kept_plan(data, today or today_in(ZONE), pupils)
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
    _describe(data / DESCRIPTION, environment["ZHURNAL_URL"], built)
    say(_figures(built, time.monotonic() - began))
    return True


def _database(environment: Mapping[str, str], service: str) -> Database:
    url = sqlalchemy_url(environment[f"{service.upper()}_DATABASE_URL"])
    return Database(url, pool_size=1, statement_timeout=STATEMENT_TIMEOUT)


def _describe(path: Path, url: str, built: Built) -> None:
    told = {"url": url, "school": str(built.school_id), "people": built.people}
    write_private(path, json.dumps(told, ensure_ascii=False, indent=1))


def _figures(built: Built, seconds: float) -> str:
    rows = built.rows
    shown = ", ".join(f"{rows.get(table, 0)} {noun}" for table, noun in _NOUNS.items())
    parts = ", ".join(f"{part} {took:.1f} s" for part, took in built.seconds.items())
    return f"{sum(rows.values())} rows in {seconds:.1f} s ({parts}), as of {built.day}: {shown}."


_NOUNS = {
    "person": "people",
    "school_class": "classes",
    "lesson": "lessons",
    "mark": "marks",
    "attendance": "absences",
    "period_mark": "period marks",
}
