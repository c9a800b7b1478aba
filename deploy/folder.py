"""The data folder of `./run`, and the port: what must be in order before anything starts."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

NEEDED_BYTES = 500 * 1024 * 1024
LEAST_BYTES = 32 * 1024 * 1024
"""With less PostgreSQL does not come back: it wants a segment of its log, 16 MB, before anything else."""


class CannotRunError(Exception):
    """Something in the way, as one sentence for whoever typed `./run`."""


def make_data_folder(data: Path) -> None:
    """The folder for all data. Raises CannotRunError when it cannot be made or has no room."""
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        (data / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotRunError(f"The data folder {data} cannot be made: {error.strerror}.") from error
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES:
        raise CannotRunError(
            f"Only {free // 2**20} MB are free below {data}; Zhurnal needs {NEEDED_BYTES // 2**20} MB."
        )


class Room:
    """Whether a server that died on a full disk could start again; says when that changes."""

    def __init__(self, data: Path, say: Callable[[str], None]) -> None:
        self._data = data
        self._say = say
        self._was_there = True

    def is_there(self) -> bool:
        free = shutil.disk_usage(self._data).free
        there = free >= LEAST_BYTES
        if there != self._was_there:
            self._was_there = there
            self._say(
                f"There is room again below {self._data}."
                if there
                else f"Only {free // 2**20} MB are free below {self._data}: what dies now is started again"
                f" when there are {LEAST_BYTES // 2**20} MB."
            )
        return there


def check_port(port: int) -> None:
    """Raises CannotRunError when somebody listens there already or nobody may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CannotRunError(
                f"Port {port} on 127.0.0.1 cannot be used ({error}); name another with --port."
            ) from error


@contextlib.contextmanager
def locked(data: Path) -> Iterator[bool]:
    """Holds the folder for this process; False when another one holds it."""
    with (data / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
