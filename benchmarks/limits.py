"""`python -m benchmarks.limits`: what the suite keeps up with, beside yardsticks of the same SQL, in one run.

Starts `./run --demo 1000` in a temporary folder and then, five rounds in turn, lets eight connections ask for four
seconds each: bare Flask and psycopg, ours, pgbench. Figures are medians of the rounds; `--write` keeps them for
README (`python -m benchmarks.table`). While requests are measured the scheduler stands still, so that what they tell
of is not worked off on the same two processors; the last figure is taken with everything running.

`--connections 8 32 128` lets as many ask for pages and save, and nothing beside that: where the suite bends under a
crowd, and whether its yardsticks do.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks import mark_to_mail
from benchmarks.load import Load, Talk, offer, p95
from benchmarks.processes import processor_seconds, proportional_megabytes
from benchmarks.school import TALKS, taken_in
from benchmarks.sides import OURS, YARDSTICK, PgBench, Side, crowd_of, pid_of, sides_of
from deploy.machine import Meter
from tests.support.running import RUN, Run, descendants

ROUNDS = 5
SECONDS = 4.0
CROWDED = ("page", "save")
REST = 60.0
"""Seconds after which memory is looked at."""
TITLES = {
    "page": "journal page 25 × 12, data",
    "html": "the same as an HTML page",
    "save": "saving 25 marks",
    "roll": "saving attendance of 25",
    "diary": "a parent's diary week",
}


@dataclass
class Figure:
    """Medians of the rounds; rates a second, latencies and processor time in milliseconds."""

    title: str
    rate: float
    p50: float
    p95: float
    processor: float
    yardstick_rate: float | None = None
    yardstick_p95: float | None = None
    pgbench_rate: float | None = None


@dataclass
class Figures:
    """One run."""

    day: str
    processors: int
    machine_share: float
    load: float
    pupils: int
    requests: dict[str, Figure] = field(default_factory=dict)
    crowds: dict[str, dict[int, Figure]] = field(default_factory=dict)
    """By kind and number of connections."""
    saving_beside_workers: float = 0.0
    mail_p50: float = 0.0
    mail_p95: float = 0.0
    memory_first: float = 0.0
    """Of the start that made the school: PostgreSQL's shared memory is full of what was written."""
    memory: float = 0.0
    """Of any later start."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    parser.add_argument("--pupils", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=TITLES, nargs="*", help="these kinds, and nothing beside them")
    parser.add_argument(
        "--connections", type=int, nargs="+", help="pages and saves by so many, and nothing beside them"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="keeps the figures as JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zhurnal-limits-") as folder:
        Path(folder).chmod(0o711)
        run = Run(Path(folder) / "data", begin=[*RUN, "--demo", str(options.pupils)])
        try:
            print(f"ready in {run.start():.1f} s", flush=True)
            crowds = options.connections or []
            only = CROWDED if crowds else options.only
            figures = _measured(run, options.pupils, options.rounds, only, crowds, Path(folder))
        finally:
            run.stop()
    if options.write:
        options.write.write_text(json.dumps(asdict(figures), indent=1, ensure_ascii=False) + "\n")
    return 0


def _measured(
    run: Run, pupils: int, rounds: int, only: Sequence[str] | None, crowds: Sequence[int], folder: Path
) -> Figures:
    load, meter = os.getloadavg()[0], Meter()
    figures = Figures(time.strftime("%Y-%m-%d"), os.cpu_count() or 1, 0.0, load, pupils)
    if not only:
        figures.memory_first = _memory(run)
        run.stop()
        print(f"second start: ready in {run.start():.1f} s", flush=True)
        figures.memory = _memory(run)
        mail = mark_to_mail.measured(run, mark_to_mail.JOURNALS, mark_to_mail.RATE)
        figures.mail_p50, figures.mail_p95 = statistics.median(mail), p95(mail)
    pid = pid_of(run)
    scheduler = next(p.pid for p in descendants(pid, direct=True) if "services.scheduler" in p.command)
    school = taken_in(run.front, run.data, max(crowds, default=TALKS))
    os.kill(scheduler, signal.SIGSTOP)
    try:
        with sides_of(run, school, folder) as sides:
            chosen = {kind: sides[kind] for kind in only or TITLES}
            if crowds:
                figures.crowds = {kind: _crowds(kind, some, rounds, crowds) for kind, some in chosen.items()}
            else:
                figures.requests = {kind: _in_turn(kind, some, rounds) for kind, some in chosen.items()}
            os.kill(scheduler, signal.SIGCONT)
            if "save" in figures.requests:
                ours = next(one for one in chosen["save"] if isinstance(one, Side) and one.name == OURS)
                figures.saving_beside_workers = _offered(ours).rate
                print(f"saving with events flowing to the workers: {figures.saving_beside_workers:.0f}/s", flush=True)
    finally:
        os.kill(scheduler, signal.SIGCONT)
    figures.machine_share = meter.share()
    print(f"load {load:.1f} before; the processors ran {figures.machine_share:.0%} of the time", flush=True)
    return figures


def _crowds(kind: str, sides: Sequence[Side | PgBench], rounds: int, crowds: Sequence[int]) -> dict[int, Figure]:
    found = {}
    for connections in crowds:
        print(f"{connections} connections: ", end="", flush=True)
        found[connections] = _in_turn(kind, crowd_of(sides, connections), rounds)
    return found


def _memory(run: Run) -> float:
    """Megabytes of all processes of the suite, a minute after it was ready."""
    time.sleep(REST)
    pid = pid_of(run)
    megabytes = proportional_megabytes([pid, *(p.pid for p in descendants(pid))])
    print(f"memory of the suite at rest: {megabytes:.0f} MB", flush=True)
    return megabytes


def _in_turn(kind: str, sides: Sequence[Side | PgBench], rounds: int) -> Figure:
    loads: dict[str, list[Load]] = {}
    spent: list[float] = []
    by_pgbench: list[float] = []
    for side in sides:  # once unmeasured: connections, caches, the first plans
        side.warm_up() if isinstance(side, PgBench) else _offered(side, 1.0)
    for _ in range(rounds):
        for side in sides:
            if isinstance(side, PgBench):
                by_pgbench.append(side.rate(SECONDS))
                continue
            before = processor_seconds(side.pids)
            load = _offered(side)
            loads.setdefault(side.name, []).append(load)
            if side.name == OURS:
                spent.append((processor_seconds(side.pids) - before) / len(load.latencies) * 1000)
    ours, bare = loads[OURS], loads.get(YARDSTICK)
    figure = Figure(
        TITLES[kind],
        rate=statistics.median(load.rate for load in ours),
        p50=statistics.median(load.p50 for load in ours) * 1000,
        p95=statistics.median(load.p95 for load in ours) * 1000,
        processor=statistics.median(spent),
        yardstick_rate=statistics.median(load.rate for load in bare) if bare else None,
        yardstick_p95=statistics.median(load.p95 for load in bare) * 1000 if bare else None,
        pgbench_rate=statistics.median(by_pgbench) if by_pgbench else None,
    )
    print(_line(figure), flush=True)
    return figure


def _offered(side: Side, seconds: float = SECONDS) -> Load:
    talks: Sequence[Talk] = side.talks
    return offer(side.port, talks, seconds)


def _line(figure: Figure) -> str:
    words = f"{figure.title}: {figure.rate:.0f}/s, p50 {figure.p50:.0f} ms, p95 {figure.p95:.0f} ms,"
    words += f" {figure.processor:.1f} ms of the web processes"
    if figure.yardstick_rate and figure.yardstick_p95:
        words += f"; bare Flask {figure.yardstick_rate:.0f}/s, p95 {figure.yardstick_p95:.0f} ms"
        words += f" ({figure.rate / figure.yardstick_rate:.2f} of it)"
    if figure.pgbench_rate:
        words += f"; pgbench {figure.pgbench_rate:.0f}/s"
    return words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
