"""A sign of life of a process that nobody can ask over HTTP: a file that it touches while its loop turns.

`ZHURNAL_PULSE_FILE` names it; without that there is none. `deploy/healthy.py` looks how old it is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps

SECONDS = 5.0


def pulse_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The file to touch, if one is wanted."""
    named = environ.get("ZHURNAL_PULSE_FILE")
    return Path(named) if named else None


class _Pulse(bootsteps.StartStopStep):
    """Touches the file from the worker's own loop: one that hangs stops doing so."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, _: Any, **__: Any) -> None:
        self._entry: Any = None

    def start(self, parent: Any) -> None:
        path = pulse_file()
        if path is not None:
            path.touch()
            self._entry = parent.timer.call_repeatedly(SECONDS, path.touch)

    def stop(self, _: Any) -> None:
        if self._entry is not None:
            self._entry.cancel()


def with_pulse(celery: Celery) -> None:
    """A worker of this application shows that it lives."""
    celery.steps["worker"].add(_Pulse)
