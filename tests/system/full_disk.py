"""`python -m tests.system.full_disk`: marks go in while the disk of `./run` is full, and none of them is lost.

Mounts a tmpfs of 640 MB, which takes root; `--folder` names one on a small file system that is there already. On it
runs the whole suite; once a letter has left, the disk is filled, and filled again as soon as anything gives way,
while one mark after the other is typed, each again until it is answered. Prints what the teacher saw and how soon all
was well after there was room. Nothing but 200 and 503 may be answered, and every acknowledged change must be there.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.support.running import Run, World, make_world, until
from tests.system.ledger.writers import Caller

MEGABYTE = 2**20
SIZE = 640 * MEGABYTE
LEFT_FREE = 3 * MEGABYTE
FULL_SECONDS = 60.0
FAMILY = "Белова"


@dataclass
class Ballast:
    """A file that takes whatever room there is."""

    path: Path

    def grow(self, leaving: int = 0) -> None:
        free = shutil.disk_usage(self.path.parent).free
        with contextlib.suppress(OSError), self.path.open("ab") as file:
            for _ in range(max(0, free - leaving) // MEGABYTE):
                file.write(bytes(MEGABYTE))


@dataclass
class Teacher:
    """Changes one mark again and again; what is not answered is sent again unchanged."""

    world: World
    acknowledged: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    """Status codes, or what went wrong with the connection."""
    body: dict[str, Any] = field(default_factory=dict)

    def try_once(self) -> None:
        self.body = self.body or self._next("54"[self.acknowledged % 2])
        try:
            answer = self.world.front.ask("PATCH", self.world.page, self.world.teacher, self.body)
        except httpx2.TransportError as error:
            self.seen[type(error).__name__] += 1
            return
        self.seen[str(answer.status_code)] += 1
        if answer.status_code == 200:
            self._has_been_applied(answer.json())

    def persist(self, symbol: str) -> None:
        """Until the change is acknowledged, or the one before it that was not. Raises UnansweredError."""
        self.body = self.body or self._next(symbol)
        caller = Caller(self.world.front)
        answer = caller.persistently("PATCH", self.world.page, self.world.teacher, self.body)
        caller.close()
        self._has_been_applied(answer)

    def _next(self, symbol: str) -> dict[str, Any]:
        return self.world.change(FAMILY, symbol, base=self.acknowledged or None)

    def _has_been_applied(self, answer: Any) -> None:
        assert len(answer["applied"]) == 1, answer
        self.acknowledged += 1
        self.body = {}


def fill(run: Run, ballast: Ballast) -> None:
    """Carries it out on a suite that runs."""
    world = make_world(run.front, run.create_school(), {FAMILY: "given"})
    address, teacher = world.pupils[FAMILY].address, Teacher(world)
    teacher.persist("5")
    run.sink.wait(address, 1)
    ballast.grow(LEFT_FREE)
    began = time.monotonic()
    while time.monotonic() - began < FULL_SECONDS:
        teacher.try_once()
        ballast.grow()
        assert run.running(), "".join(run.said)
    print(
        f"full for {FULL_SECONDS:.0f} s: answered {dict(teacher.seen)}; {teacher.acknowledged} acknowledged",
        flush=True,
    )
    assert teacher.seen["503"], "the disk was never full"
    assert set(teacher.seen) <= {"200", "503"}, teacher.seen
    ballast.path.unlink()
    room = time.monotonic()
    teacher.persist("4")
    print(f"{time.monotonic() - room:.1f} s after there was room the next was acknowledged", flush=True)
    letters = len(run.sink.mails(address))
    shown = world.front.call("GET", f"{world.page}?from={world.year_start}&to={world.year_start}", world.teacher)
    assert shown["cells"][0][4] == teacher.acknowledged, "every acknowledged change and no other"
    teacher.persist("3")  # of which no letter has told: of 4 after 4 there is nothing to tell
    until(lambda: len(run.sink.mails(address)) > letters, "letters leave again")
    print(f"{time.monotonic() - room:.1f} s after there was room a letter left", flush=True)
    print("said: " + " ".join(line.strip() for line in run.said if "free below" in line or "room again" in line))


@contextlib.contextmanager
def small_disk() -> Iterator[Path]:
    """A tmpfs of its own; for root."""
    with tempfile.TemporaryDirectory(prefix="zhurnal-full-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system.full_disk", description=__doc__)
    parser.add_argument("--folder", type=Path, help="an empty one on a file system of 600 to 700 MB")
    options = parser.parse_args(arguments)
    if options.folder is None and os.geteuid() != 0:
        parser.error("Only root can mount a small file system; name a folder on one by --folder.")
    with contextlib.nullcontext(options.folder) if options.folder else small_disk() as folder:
        run = Run(folder / "data")
        try:
            print(f"ready in {run.start():.1f} s", flush=True)
            fill(run, Ballast(folder / "ballast"))
        finally:
            run.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
