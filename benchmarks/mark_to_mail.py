"""`python -m benchmarks.mark_to_mail`: seconds from the request that sets a mark to the mail in the sink.

Starts the whole suite as `./run` does, in a temporary folder, makes a school of 25 pupils whose mothers want
mail, types 200 marks at 20 a second, each in a cell of its own and one after the other in eight journals, as
eight teachers do, and ends everything again. `--journals 1` lets all eight type into the same one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path

import psycopg

from benchmarks.load import p95
from deploy.embedded import RUNNING
from deploy.machine import Meter
from services.notifications.messages.letters import in_words
from tests.support.running import Run, World, make_world

PUPILS = 25
JOURNALS = 8
LESSONS = 8
MARKS = PUPILS * LESSONS
RATE = 20.0
TYPISTS = 8
PATIENCE = 300.0

Cell = tuple[str, int]
"""Pupil and day."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mark_to_mail", description=__doc__)
    parser.add_argument("--rate", type=float, default=RATE, help=f"marks a second (default: {RATE:.0f})")
    parser.add_argument("--journals", type=int, choices=(1, 2, 4, 8), default=JOURNALS, help="default: 8")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zhurnal-mail-") as folder:
        Path(folder).chmod(0o711)
        run = Run(Path(folder) / "data")
        try:
            print(f"ready in {run.start():.1f} s", flush=True)
            return 0 if len(measured(run, options.journals, options.rate)) == MARKS else 1
        finally:
            run.stop()


def measured(run: Run, journals: int, rate: float) -> list[float]:
    """Seconds of each mark to its mail, sorted, in a new school; fewer than MARKS when some were lost."""
    families = {f"Ученик{number:02}": "given" for number in range(PUPILS)}
    school = make_world(run.front, run.create_school(), families)
    days = [dt.date.fromisoformat(school.year_start) + dt.timedelta(days=n) for n in range(LESSONS)]
    subjects = [f"Предмет {number}" for number in range(journals)]
    worlds = [school.with_course(subject, [str(day) for day in days]) for subject in subjects]
    first = worlds[0]
    for name in families:  # the way is warm before it is measured
        first.mark(name, "3")
    _arrivals(run, first, days, len(families))
    return _measure(run, worlds, days, rate)


def _measure(run: Run, worlds: Sequence[World], days: Sequence[dt.date], rate: float) -> list[float]:
    world = worlds[0]
    cells = [(name, lesson) for name in world.pupils for lesson in range(LESSONS)]
    load = os.getloadavg()[0]
    meter = Meter()
    began, wall = time.monotonic(), time.time()
    sent: dict[Cell, float] = {}
    answered: dict[Cell, float] = {}

    def type_one(number: int, cell: Cell) -> None:
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        sent[cell] = time.time()
        name, lesson = cell
        worlds[lesson % len(worlds)].mark(name, "5", base=1 if lesson == 0 else None, lesson=lesson)
        answered[cell] = time.time() - sent[cell]

    with ThreadPoolExecutor(TYPISTS) as typists:
        list(typists.map(type_one, range(len(cells)), cells))
    typed = time.time() - wall
    arrived = _arrivals(run, world, days, len(cells), after=wall)
    taken = sorted(arrived[cell] - sent[cell] for cell in arrived)
    print(f"{len(sent)} marks in {typed:.1f} s ({len(sent) / typed:.1f}/s, asked for {rate:.0f}/s)")
    print(
        f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after; {os.cpu_count()} processors, which ran"
        f" {meter.share():.0%} of the time"
    )
    print(f"request answered: {_figures(sorted(answered.values()))}")
    print(f"mark to mail:     {_figures(taken)}")
    for stage, seconds in _stages(run, world, days, sent, arrived).items():
        print(f"  {stage + ':':36}{_figures(sorted(seconds))}")
    if len(arrived) < len(cells):
        print(f"{len(cells) - len(arrived)} mails did not arrive within {PATIENCE:.0f} s")
    return taken


STAGES = (
    "typed until the fact is written",
    "until notifications takes it in",
    "until the mail lies in the sink",
)


def _stages(
    run: Run, world: World, days: Sequence[dt.date], sent: Mapping[Cell, float], arrived: Mapping[Cell, float]
) -> Mapping[str, list[float]]:
    """Where the time went, by what the databases wrote down; the parts of a mark add up to its whole."""
    settings = json.loads((run.data / RUNNING).read_text())
    name_of = {pupil.id: name for name, pupil in world.pupils.items()}
    with psycopg.connect(settings["JOURNAL_DATABASE_URL"]) as journal:
        written = journal.execute(
            "SELECT school_id, data ->> 'mark_id', CAST(data ->> 'version' AS int), data ->> 'student_id',"
            " CAST(data ->> 'taught_on' AS date), occurred_at FROM outbox WHERE type = 'journal.mark.set.v1'"
        ).fetchall()
    with psycopg.connect(settings["NOTIFICATIONS_DATABASE_URL"]) as notifications:
        notifications.execute("SELECT set_config('app.school_id', %s, true)", [str(written[0][0])])
        taken_in = {
            (str(mark), version): created
            for mark, version, created in notifications.execute(
                "SELECT m.cause_id, m.cause_version, d.created_at FROM message m"
                " JOIN delivery d ON d.school_id = m.school_id AND d.message_id = m.id"
            )
        }
    parts: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for _, mark, version, student, day, occurred in written:
        cell = (name_of[student], days.index(day))
        if cell not in arrived or sent[cell] > occurred.timestamp() or (mark, version) not in taken_in:
            continue  # a mark of before the measuring
        moments = [sent[cell], occurred.timestamp(), taken_in[mark, version].timestamp(), arrived[cell]]
        for stage, begin, end in zip(STAGES, moments, moments[1:], strict=False):
            parts[stage].append(end - begin)
    return parts


def _figures(taken: Sequence[float]) -> str:
    words = f"p50 {statistics.median(taken):.2f} s, p95 {p95(taken):.2f} s, max {taken[-1]:.2f} s"
    return f"{words} ({len(taken)})"


def _arrivals(
    run: Run, world: World, days: Sequence[dt.date], count: int, after: float = 0.0
) -> Mapping[Cell, float]:
    """When the mail of each cell came, as soon as there are `count` or the patience ends."""
    name_of = {pupil.address: name for name, pupil in world.pupils.items()}
    seen: dict[Path, tuple[Cell, float]] = {}
    deadline = time.monotonic() + PATIENCE
    while len(seen) < count and time.monotonic() < deadline:
        for path in (run.data / "mail" / "new").glob("*"):
            came = path.stat().st_mtime
            if path not in seen and came > after:
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                subject = str(mail["Subject"])
                lesson = next(n for n, day in enumerate(days) if subject.endswith(f" {in_words(day)}"))
                seen[path] = (name_of[str(mail["To"])], lesson), came
        time.sleep(0.1)
    return dict(seen.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
