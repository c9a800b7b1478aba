"""The data folder of `./run`, and the port: what must be in order before anything starts."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

NEEDED_BYTES = 500 * 1024 * 1024


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
