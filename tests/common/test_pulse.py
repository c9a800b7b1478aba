"""A worker shows that its loop turns, and a container looks at it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import healthy
from deploy.servers import RedisServer, free_port

WORKER = """
import sys
from services.common import pulse
from services.common.celery import create_celery
pulse.SECONDS = 0.2
celery = create_celery("test", sys.argv[1], ["work"])
pulse.with_pulse(celery)
celery.worker_main(["worker", "-P", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"])
"""


def test_a_worker_that_hangs_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pulse"
    monkeypatch.setenv("ZHURNAL_PULSE_FILE", str(file))
    monkeypatch.setattr(healthy, "PULSE_SECONDS", 2.0)
    assert healthy.main("pulse") == 1, "nothing was touched yet"
    server = RedisServer(tmp_path / "redis", "of-the-test", free_port(), durable=False)
    with (tmp_path / "log").open("wb") as log:
        try:
            server.start(log)
            command = [sys.executable, "-c", WORKER, server.url]
            worker = subprocess.Popen(command, stderr=log, stdout=log, env=os.environ)
            try:
                _until(lambda: file.exists(), 30)
                first = file.stat().st_mtime
                _until(lambda: file.stat().st_mtime > first, 10)
                assert healthy.main("pulse") == 0
                worker.send_signal(signal.SIGSTOP)
                _until(lambda: healthy.main("pulse") == 1, 10)
            finally:
                worker.kill()
                worker.wait()
        finally:
            server.stop()


def _until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_a_port_where_nobody_answers_is_not_healthy() -> None:
    assert healthy.main("/readyz") == 1
