"""Workers and scheduler of a pair of services as processes, to be started and killed by name."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.servers import dying_with_parent
from tests.support.stream_pair import Pair

PATIENCE = 180.0
ROOT = Path(__file__).parents[2]


def environment_of(pair: Pair, redis_url: str, folder: Path, **more: str) -> dict[str, str]:
    """What the processes of a pair are told; `folder` is where they note what they do."""
    return os.environ | {
        "REDIS_URL": redis_url,
        "SOURCE_DATABASE_URL": pair.source.engine.url.render_as_string(hide_password=False),
        "COPY_DATABASE_URL": pair.copy.engine.url.render_as_string(hide_password=False),
        "PYTHONWARNINGS": "default",
        "SIEGE_FOLDER": str(folder),
        **more,
    }


class Processes:
    """Workers and scheduler, each in a process group of its own that can be killed whole."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills = 0

    def begin(self) -> None:
        """Two workers and the scheduler, when both workers have forked."""
        for name in ("worker1", "worker2", "scheduler"):
            self.start(name)
        for name in ("worker1", "worker2"):
            self.wait_for_children(name)

    def start(self, name: str) -> None:
        module = "tests.system.siege_processes"
        command = [sys.executable, "-m", module]
        if name.startswith("worker"):
            command = [
                *(sys.executable, "-m", "celery", "-A", module, "worker", "-c", "2", "-n", f"{name}@siege"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ]
        with (self._folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                dying_with_parent(command),
                cwd=ROOT,
                env={**self._environment, "SIEGE_PROCESS": name},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """`kill -9` of a process and of its children."""
        process = self.running.pop(name)
        self.kills += 1
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_child(self, name: str) -> None:
        """`kill -9` of one child of a worker; its parent makes another."""
        os.kill(self.children(name)[0], signal.SIGKILL)
        self.kills += 1

    def children(self, name: str) -> list[int]:
        parent = self.running[name].pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def wait_for_children(self, name: str) -> None:
        """Until a worker has forked; on a busy machine its imports take a while."""
        until = time.monotonic() + PATIENCE
        while not self.children(name):
            assert time.monotonic() < until, self.log(name)
            time.sleep(0.1)

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def notes(self, word: str) -> int:
        """How often any process noted `word`."""
        path = self._folder / f"{word}.notes"
        return path.stat().st_size if path.exists() else 0

    def logged(self) -> list[dict[str, Any]]:
        """What all processes logged as JSON, process by process."""
        lines = [line for path in sorted(self._folder.glob("*.log")) for line in path.read_text().splitlines()]
        return [json.loads(line) for line in lines if line.startswith("{")]
