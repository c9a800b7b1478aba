"""What `./test` does: static checks, one PostgreSQL and one Redis for the run, then pytest.

Everything it makes lies in one temporary folder; every child is ended by its id.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from deploy import browser
from deploy.machine import Meter
from deploy.servers import PostgresServer, RedisServer, ServerError, free_port

RESULTS = "results.xml"
CHECKS = {
    "types": ["mypy"],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "contracts": ["lint-imports", "--no-cache"],
}
"""All begin before the tests and run beside them; types take by far the longest."""


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    meter = Meter()
    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    chosen = [argument for argument in arguments if not argument.startswith("-")]
    folder = Path(tempfile.mkdtemp(prefix="zhurnal-test-"))
    folder.chmod(0o711)
    last_words = ""
    try:
        browser.install()
        with _static_checks(folder, {} if chosen else CHECKS) as failed:
            result = _tests(folder, arguments, everything)
        last_words = _report(folder / RESULTS)
        return result or len(failed)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        took = f"{time.monotonic() - started:.0f} s, of which the processors ran {meter.share():.0%}"
        print(f"./test took {took}{last_words}", flush=True)


@contextlib.contextmanager
def _static_checks(folder: Path, checks: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Runs the checks while the block does, in the time that it leaves them; at its end they are reported, and the
    list holds those that failed."""
    failed: list[str] = []
    environment = os.environ | {"MYPY_CACHE_DIR": str(folder / "mypy"), "RUFF_NO_CACHE": "true"}
    binaries = Path(sys.executable).parent
    running: dict[str, subprocess.Popen[bytes]] = {}
    for name, (program, *rest) in checks.items():
        with (folder / f"{name}.log").open("wb") as log:
            command = ["nice", str(binaries / program), *rest]
            running[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield failed
        for name, process in running.items():
            good = process.wait() == 0
            print(f"{name}: {'ok' if good else 'FAILED'}", flush=True)
            if not good:
                failed.append(name)
                print((folder / f"{name}.log").read_text(encoding="utf-8"))
    finally:
        for process in running.values():
            if process.poll() is None:
                process.kill()
                process.wait()


def _tests(folder: Path, arguments: list[str], everything: bool) -> int:
    postgres = PostgresServer(folder / "pg", secrets.token_hex(8), durable=False)
    redis = RedisServer(folder / "redis", secrets.token_hex(8), free_port(), durable=False)
    with (folder / "servers.log").open("wb") as log:
        try:
            postgres.start(log)
            redis.start(log)
            environment = os.environ | {
                "TEST_POSTGRES_URL": postgres.url(),
                "TEST_REDIS_URL": redis.url,
                "TMPDIR": str(folder),
                "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
            }
            command = [sys.executable, "-m", "pytest", "-n", "2", "--no-loadscope-reorder", *arguments]
            command += [f"--junitxml={folder / RESULTS}"]
            command += [] if everything else ["-m", "not slow"]
            return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
        finally:
            redis.stop()
            postgres.stop()


def _report(results: Path) -> str:
    """Prints the figures that tests recorded; for the last line, how many did not run: nobody should have to look."""
    if not results.exists():
        return ", which did not come to its end"
    suite = ElementTree.parse(results).find("testsuite")  # noqa: S314 - written by our own pytest
    assert suite is not None
    for case in suite.iter("testcase"):
        for figure in case.iter("property"):
            print(f"{case.get('name')}: {figure.get('name')} {figure.get('value')}", flush=True)
    return f", {suite.get('skipped')} skipped"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
