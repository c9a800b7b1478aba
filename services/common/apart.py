"""Work in a process of its own, for what keeps the memory that it took: typst remembers whatever it has laid out.

`python -m <module>` reads its input and writes its output; nothing stands in its arguments, nothing on a disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 2
SECONDS = 120.0
_ROOT = Path(__file__).parents[2]
_room = threading.BoundedSemaphore(AT_ONCE)
"""For all requests of this process together."""


class ApartError(RuntimeError):
    """The process ended without an answer."""


def apart(module: str, given: bytes) -> bytes:
    """What `python -m module` writes when it reads `given`. Raises ApartError; what it had to say about that may hold
    names of people and is not passed on, its kind alone."""
    with _room:
        done = subprocess.run(  # noqa: S603 - this interpreter and a module of ours
            [sys.executable, "-m", module],
            input=given,
            capture_output=True,
            timeout=SECONDS,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            check=False,
        )
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ApartError(f"{module}: ended with {done.returncode}, {last.partition(':')[0][:80]}")
    return done.stdout


def several_apart(module: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same for each part, two at a time, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda part: apart(module, part), parts)
