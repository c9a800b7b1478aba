"""Children of one process: started, watched, started again, ended by their id."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from deploy.servers import dying_with_parent

DEATHS = 6
WITHIN_SECONDS = 60.0
_GRACE_SECONDS = 25.0
_LARGEST_LOG = 10 * 1024 * 1024


class TooManyDeathsError(Exception):
    """One child died so often that going on would hide a fault; the message names it and its log."""


@dataclass
class Child:
    """A process that is kept running. `start` makes one; it may be a server with a start of its own."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    needed: bool = False
    """Whether the others use it: then it ends when they have gone."""
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))


class Supervisor:
    """Children of two kinds: servers that the others need, and the others, which end first and all at once."""

    def __init__(self, logs: Path, tell: Callable[[str], None]) -> None:
        self._logs = logs
        self._tell = tell
        self.children: list[Child] = []

    def log_of(self, name: str) -> Path:
        """Log file of a child; one that has grown large is put aside."""
        path = self._logs / f"{name}.log"
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.rename(path.with_suffix(".log.1"))
        return path

    def command(
        self, name: str, command: list[str], environment: Mapping[str, str], *, needed: bool = False
    ) -> Child:
        """Starts `command` as a child in a process group of its own, so that Ctrl-C reaches only us."""
        path = self.log_of(name)

        def start() -> subprocess.Popen[bytes]:
            with path.open("ab") as log:
                return subprocess.Popen(
                    dying_with_parent(command),
                    env={**os.environ, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

        return self.add(Child(name, start, path, needed=needed))

    def add(self, child: Child) -> Child:
        child.process = child.start()
        self.children.append(child)
        return child

    def look(self) -> None:
        """Starts again what has died. Raises TooManyDeathsError at the sixth death within a minute."""
        with _undisturbed():
            self._look()

    def _look(self) -> None:
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            now = time.monotonic()
            child.deaths.append(now)
            if len(child.deaths) == DEATHS and now - child.deaths[0] <= WITHIN_SECONDS:
                raise TooManyDeathsError(
                    f"{child.name} died {DEATHS} times within a minute; its last words are in {child.log}"
                )
            self._tell(f"{child.name} ended with {child.process.returncode} and is started again ({child.log})")
            child.process = child.start()

    def stop(self) -> None:
        """Ends every child: asks first, kills what has not gone in time; what others need ends last."""
        for needed in (False, True):
            self._end([child for child in self.children if child.needed == needed])

    def _end(self, children: Sequence[Child]) -> None:
        running = [(c, c.process) for c in children if c.process is not None and c.process.poll() is None]
        for child, process in running:
            process.send_signal(child.stop_signal)
        deadline = time.monotonic() + _GRACE_SECONDS
        for child, process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._tell(f"{child.name} did not stop in {_GRACE_SECONDS:.0f} s and is killed")
                process.kill()
                process.wait()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM that come meanwhile are acted on at the end.

    Their handlers raise. An exception out of the middle of `Popen.poll` leaves its lock taken for ever, and whoever
    waits for that child later, as `stop` does, waits for ever too.
    """
    came: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, keep) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for first in came[:1]:
            signal.raise_signal(first)
