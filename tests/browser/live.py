"""gunicorn with the whole suite on the tests' databases, at a day of the test's choosing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.servers import free_port
from tests.support.suite import TOKENS

_START = """
import sys, time_machine
time_machine.travel(sys.argv.pop(1), tick=True).start()
from gunicorn.app.wsgiapp import run
run()
"""
_READY_SECONDS = 120


@contextmanager
def live_suite(databases: Mapping[str, str], redis_url: str, data: Path, now: str) -> Iterator[str]:
    """The address of a running suite; it ends with the block."""
    port, internal_port = free_port(), free_port()
    with (data / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, now, "-c", "deploy/gunicorn.conf.py", "services.all_in_one:create()"],
            env=os.environ | _environment(databases, redis_url, data, port, internal_port),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process, data / "gunicorn.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _environment(
    databases: Mapping[str, str], redis_url: str, data: Path, port: int, internal_port: int
) -> dict[str, str]:
    digests = {name: hashlib.sha256(token.encode()).hexdigest() for name, token in TOKENS.items()}
    variables = {
        "ZHURNAL_ENV": "test",
        "ZHURNAL_DATA": str(data),
        "ZHURNAL_BIND": f"127.0.0.1:{port},127.0.0.1:{internal_port}",
        "ZHURNAL_INTERNAL_PORT": str(internal_port),
        "ZHURNAL_TOKEN_DIGESTS": ",".join(f"{name}={digest}" for name, digest in digests.items()),
        "ZHURNAL_WEB_WORKERS": "1",
        # A machine that does other things is no reason to answer 503.
        "ZHURNAL_INTROSPECTION_SECONDS": "10",
        "REDIS_URL": redis_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "ACCOUNTS_ENCRYPTION_SECRETS": "encryption-secret-of-accounts",
    }
    for name, token in TOKENS.items():
        variables[f"{name.upper()}_SERVICE_TOKEN"] = token
    for name, url in databases.items():
        variables[f"{name.upper()}_DATABASE_URL"] = url
    return variables


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8")[-3000:])
