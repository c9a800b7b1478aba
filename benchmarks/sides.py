"""The sides of a comparison: ours, bare Flask with the SQL that ours was seen to run, pgbench with the same."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from benchmarks.load import Talk
from benchmarks.school import TALKS, Desk, School
from benchmarks.statements import FRESH, Statement, literal, taken_down, write_plans
from benchmarks.talks import (
    CallingTheRoll,
    Saving,
    Yardstick,
    diary_path,
    diary_week,
    html_page,
    page,
    page_path,
)
from deploy.servers import PostgresServer, dying_with_parent, free_port
from services.common.config import settings_from
from services.common.db import Database
from services.common.logging import configure_logging
from services.journal.app import create_app
from services.journal.service import build
from tests.support.running import HTTP, Run, descendants, until

OURS, YARDSTICK = "ours", "bare Flask"


@dataclass(frozen=True)
class Side:
    """Who is asked, where, by which talks, and by which processes it answers."""

    name: str
    port: int
    talks: Sequence[Talk]
    pids: Sequence[int]


@dataclass(frozen=True)
class PgBench:
    """The same SQL with nothing above it: a script, a transaction for each of its clients.

    Eight clients however many ask the suite, whose web processes have eight threads: PostgreSQL never sees more.
    """

    url: str
    script: Path

    def rate(self, seconds: float) -> float:
        """Transactions a second."""
        command = [
            str(_pgbench()),
            "-n",
            "-M",
            "prepared",
            "-c",
            str(TALKS),
            "-j",
            "1",
            "-T",
            str(round(seconds)),
            "-f",
        ]
        done = subprocess.run([*command, str(self.script), self.url], capture_output=True, text=True)
        found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
        assert done.returncode == 0, done.stderr
        assert found, done.stdout
        return float(found[1])

    def warm_up(self) -> None:
        self.rate(1)


def _pgbench() -> Path:
    return PostgresServer(Path("/nonexistent"), "").binaries / "pgbench"


@contextmanager
def sides_of(run: Run, school: School, folder: Path) -> Iterator[Mapping[str, Sequence[Side | PgBench]]]:
    """By kind of request; the yardstick's server runs as long as the block does."""
    running = json.loads((run.data / "running.json").read_text())
    noted = _Noted.of(running, school)
    plans = folder / "plans.json"
    write_plans(str(plans), noted.plans)
    pids = _web_processes(pid_of(run))
    with _bare(running, plans) as (bare_port, bare_pids):
        sides: dict[str, Sequence[Side | PgBench]] = {
            "html": [Side(OURS, run.port, [html_page(desk) for desk in school.desks], pids)]
        }
        for kind, talks in noted.talks.items():
            script = folder / f"{kind}.sql"
            script.write_text(_script(running["JOURNAL_DATABASE_URL"], noted.plans[kind][:TALKS]))
            sides[kind] = [
                Side(YARDSTICK, bare_port, _bare_talks(kind, noted.plans[kind], school), bare_pids),
                Side(OURS, run.port, talks, pids),
                PgBench(running["JOURNAL_DATABASE_URL"], script),
            ]
        yield sides


def _bare_talks(kind: str, plans: Sequence[Sequence[Statement]], school: School) -> list[Yardstick]:
    tokens = [one.token for one in (school.parents if kind == "diary" else school.desks)]
    return [
        Yardstick(kind, number, token, _variants(plan))
        for number, (token, plan) in enumerate(zip(tokens, plans, strict=True))
    ]


def crowd_of(sides: Sequence[Side | PgBench], connections: int) -> list[Side | PgBench]:
    """The same sides with so many connections each, as far as connections are what differs."""
    return [side if isinstance(side, PgBench) else replace(side, talks=side.talks[:connections]) for side in sides]


def pid_of(run: Run) -> int:
    """The suite's first process."""
    assert run.process is not None
    return run.process.pid


def _web_processes(pid: int) -> list[int]:
    """gunicorn's, of the suite."""
    master = next(p.pid for p in descendants(pid, direct=True) if "gunicorn" in p.command)
    return [master, *(p.pid for p in descendants(master))]


@contextmanager
def _bare(running: Mapping[str, str], plans: Path) -> Iterator[tuple[int, list[int]]]:
    port = free_port()
    environment = {**os.environ, **running, "YARDSTICK_PLANS": str(plans), "ZHURNAL_BIND": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "benchmarks.yardstick:application"]
    server = subprocess.Popen(dying_with_parent(command, "TERM"), env=environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port), "the yardstick serves", 30)
        yield port, _processes(server.pid)
    finally:
        server.terminate()
        server.wait()


def _processes(pid: int) -> list[int]:
    return [pid, *(p.pid for p in descendants(pid))]


def _answers(port: int) -> bool:
    try:
        return HTTP.get(f"http://127.0.0.1:{port}/").status_code == 404
    except Exception as error:
        if "onnect" not in type(error).__name__:
            raise
        time.sleep(0.1)
        return False


# --- the same SQL --------------------------------------------------------------------------------------

SAVED, CALLED = 0, 1
NOTED_SAVED, NOTED_CALLED = 2, 3
"""Lessons of a desk: the yardsticks write into others than ours, whose versions must stay as ours left them."""


class _Noted:
    """What journal asks PostgreSQL for each kind of request and talk, and the talks that go on from there."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.plans: dict[str, list[list[Statement]]] = {"page": [], "save": [], "roll": [], "diary": []}
        self.talks: dict[str, list[Talk]] = {"page": [], "save": [], "roll": [], "diary": []}

    @classmethod
    def of(cls, running: Mapping[str, str], school: School) -> _Noted:
        """Asks journal's application in this process, on the suite's databases."""
        configure_logging("benchmark")
        logging.disable(logging.INFO)
        settings = settings_from({**os.environ, **running}, "journal")
        database = Database(settings.database_url)
        noted = cls(create_app(build(settings, database)).test_client())
        noted._asked("GET", page_path(school.desks[0]), school.desks[0].token)  # what a first connection asks beside
        for desk in school.desks:
            noted._desk(desk)
        for parent in school.parents:
            noted.plans["diary"].append(noted._asked("GET", diary_path(parent), parent.token)[1])
            noted.talks["diary"].append(diary_week(parent))
        database.dispose()
        return noted

    def _desk(self, desk: Desk) -> None:
        self.plans["page"].append(self._asked("GET", page_path(desk), desk.token)[1])
        self.talks["page"].append(page(desk))
        for lesson in (SAVED, CALLED, NOTED_SAVED, NOTED_CALLED):
            roll = CallingTheRoll(desk, lesson)
            looked, _ = self._asked("GET", roll.path, desk.token)
            roll.took(looked.headers.get("ETag", ""))
            self._roll(roll, desk)  # nobody is absent now, who could have no mark
            plan = self._roll(roll, desk)
            if lesson == CALLED:
                self.talks["roll"].append(roll)
            if lesson == NOTED_CALLED:
                self.plans["roll"].append(_writes(plan))
        for lesson in (SAVED, NOTED_SAVED):
            saving = Saving(desk, lesson)
            self._save(saving, desk)
            plan = self._save(saving, desk)
            if lesson == SAVED:
                self.talks["save"].append(saving)
            else:
                self.plans["save"].append(_writes(plan))

    def _roll(self, roll: CallingTheRoll, desk: Desk) -> list[Statement]:
        name, _, value = roll.precondition.partition(": ")
        answer, plan = self._asked("PUT", roll.path, desk.token, roll.roll(), {name: value})
        roll.took(answer.headers["ETag"])
        return plan

    def _save(self, saving: Saving, desk: Desk) -> list[Statement]:
        answer, plan = self._asked("PATCH", saving.path, desk.token, saving.change())
        saving.took(answer.get_json())
        return plan

    def _asked(
        self, method: str, path: str, token: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[TestResponse, list[Statement]]:
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        with taken_down() as plan:
            kind = "application/json" if body else None
            answer = self._client.open(path, method=method, headers=sent, data=body, content_type=kind)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer, plan


def _writes(plan: Sequence[Statement]) -> list[Statement]:
    """The bare insert and commit of the same rows: who writes, and the rows."""
    return [one for one in plan if one.writes or "set_config" in one.text]


VARIED: Mapping[str, tuple[Any, Any]] = {"symbol": ("4", "5"), "number": (4, 5), "minutes": (7, 8)}
"""Parameters that take turns, so that every write changes its rows."""


def _variants(plan: Sequence[Statement]) -> list[dict[str, Any]]:
    """What takes turns in a plan that writes, with places for fresh operations; nothing for one that only reads."""
    lists = {
        name: len(value)
        for one in plan
        if one.writes
        for name, value in one.parameters[0].items()
        if isinstance(value, list)
    }
    if not lists:
        return []
    fresh = {FRESH: [""] * lists[FRESH]} if FRESH in lists else {}
    return [
        {name: [VARIED[name][turn]] * size for name, size in lists.items() if name in VARIED} | fresh
        for turn in (0, 1)
    ]


def _script(url: str, plans: Sequence[Sequence[Statement]]) -> str:
    """One script for pgbench, in which each client has a talk's plan of its own."""
    lines = []
    with psycopg.connect(url) as connection:
        for number, plan in enumerate(plans):
            lines += [f"\\if :client_id % {len(plans)} = {number}"]
            variants = _variants(plan)
            if variants:
                lines += [f"\\set turn random(0, {len(variants) - 1})"]
            for turn, given in enumerate(variants or [{}]):
                text = literal(connection, plan, given)
                lines += [f"\\if :turn = {turn}", text, "\\endif"] if variants else [text]
            lines += ["\\endif"]
        connection.rollback()
    return "\n".join(lines) + "\n"
