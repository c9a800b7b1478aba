"""What `./test` does: static checks, one PostgreSQL and one Redis for the run, then pytest.

Everything it makes lies in one temporary folder; every child is ended by its id.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.servers import PostgresServer, RedisServer, ServerError, free_port

CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "contracts": ["lint-imports", "--no-cache"],
}


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    chosen = [argument for argument in arguments if not argument.startswith("-")]
    folder = Path(tempfile.mkdtemp(prefix="zhurnal-test-"))
    folder.chmod(0o711)
    try:
        _install_chromium()
        if not chosen and not _static_checks(folder):
            return 1
        return _tests(folder, arguments, everything)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        print(f"./test took {time.monotonic() - started:.0f} s", flush=True)


def _static_checks(folder: Path) -> bool:
    passed = True
    environment = os.environ | {"MYPY_CACHE_DIR": str(folder / "mypy"), "RUFF_NO_CACHE": "true"}
    binaries = Path(sys.executable).parent
    for name, (program, *rest) in CHECKS.items():
        began = time.monotonic()
        result = subprocess.run([str(binaries / program), *rest], env=environment, capture_output=True, text=True)
        good = result.returncode == 0
        print(f"{name}: {'ok' if good else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
        if not good:
            print(result.stdout + result.stderr)
        passed = passed and good
    return passed


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
            command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *arguments]
            command += [] if everything else ["-m", "not slow"]
            return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
        finally:
            redis.stop()
            postgres.stop()


def _install_chromium() -> None:
    """Browser tests need a browser; Debian's is installed where it may; else they are skipped, counted."""
    if shutil.which("chromium") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium for the browser tests …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=environment, capture_output=True)
    result = subprocess.run(
        [
            "apt-get",
            "-qq",
            "install",
            "-y",
            "--no-install-recommends",
            "-o",
            "DPkg::Lock::Timeout=300",
            "chromium",
        ],
        env=environment,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        print(f"Chromium could not be installed: {result.stderr.strip().splitlines()[-1:]}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
