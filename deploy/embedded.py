"""What `./run` starts: PostgreSQL, Redis, all services behind one port, workers, scheduler, a mail sink."""

from __future__ import annotations

import argparse
import datetime as dt
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import IO

from deploy.servers import PostgresServer, RedisServer, ServerError, free_port
from deploy.suite import Addresses, kept_secrets, suite_environment
from deploy.supervisor import Child, Supervisor, TooManyDeathsError
from services.common.config import SERVICES, ConfigurationError
from services.common.migrate import migrate

NEEDED_BYTES = 500 * 1024 * 1024
READY_SECONDS = 60.0


class CannotRunError(Exception):
    """Something in the way, as one sentence for whoever typed `./run`."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM."""


def say(text: str) -> None:
    print(text, flush=True)


def arguments_from(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Starts Zhurnal whole on this machine.")
    parser.add_argument("--data", type=Path, default=Path("var"), help="folder for all data (default: var)")
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    parser.add_argument("--empty", action="store_true", help="start without the demonstration school")
    parser.add_argument("--today", type=dt.date.fromisoformat, help="day around which the demonstration lies")
    parser.epilog = "./run create-school --name … --zone … --admin '…' makes a school, before or while it runs."
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    try:
        return Suite(arguments_from(argv)).run()
    except (CannotRunError, ServerError, ConfigurationError, TooManyDeathsError) as error:
        print(f"zhurnal: {error}", file=sys.stderr)
        return 1
    except StopRequested:
        return 0


class Suite:
    """One life of the embedded suite."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data: Path = options.data.absolute()
        self.began = time.monotonic()

    def run(self) -> int:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        self._look_around()
        with (self.data / "run.lock").open("a+") as lock:
            _lock(lock, self.data)
            known = kept_secrets(self.data)
            supervisor = Supervisor(self.data / "log", say)
            try:
                environment = self._start_servers(supervisor, known)
                self._start_services(supervisor, environment)
                self._wait_until_ready(supervisor)
                self._greet()
                while True:
                    time.sleep(0.5)
                    supervisor.look()
            except StopRequested:
                return 0
            finally:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                say("Stopping …")
                supervisor.stop()
                say("All processes have ended.")

    # --- before ----------------------------------------------------------------------------------------

    def _look_around(self) -> None:
        try:
            self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
            (self.data / "log").mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise CannotRunError(f"The data folder {self.data} cannot be made: {error.strerror}.") from error
        free = shutil.disk_usage(self.data).free
        if free < NEEDED_BYTES:
            raise CannotRunError(
                f"Only {free // 2**20} MB are free below {self.data}; Zhurnal needs {NEEDED_BYTES // 2**20} MB."
            )
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.options.port))
            except OSError as error:
                raise CannotRunError(
                    f"Port {self.options.port} on 127.0.0.1 cannot be used ({error.strerror});"
                    " name another with --port."
                ) from error

    def _kind(self) -> str:
        """`demo` or `production`, as this folder was first started."""
        path = self.data / "kind"
        if not path.exists():
            path.write_text("production" if self.options.empty else "demo")
        kind = path.read_text().strip()
        if self.options.empty and kind == "demo":
            raise CannotRunError(
                f"{self.data} holds a demonstration school; --empty needs a folder of its own (--data)."
            )
        return kind

    # --- servers ---------------------------------------------------------------------------------------

    def _start_servers(self, supervisor: Supervisor, known: Mapping[str, str]) -> dict[str, str]:
        kind = self._kind()
        admin_url = os.environ.get("DATABASE_URL") or self._start_postgres(supervisor, known)
        redis_url = os.environ.get("REDIS_URL") or self._start_redis(supervisor, known)
        addresses = Addresses(
            admin_database_url=admin_url,
            redis_url=redis_url,
            smtp_url=os.environ.get("SMTP_URL") or self._start_sink(supervisor),
            port=self.options.port,
            internal_port=free_port(),
        )
        environment = suite_environment(self.data, known, addresses, kind)
        say("Bringing the databases up to date …")
        for service in SERVICES:
            migrate(service, admin_url, environment[f"{service.upper()}_DATABASE_URL"], kind)
        return environment

    def _start_postgres(self, supervisor: Supervisor, known: Mapping[str, str]) -> str:
        say("Starting PostgreSQL …")
        server = PostgresServer(self.data / "postgres", known["postgres"])
        path = supervisor.log_of("postgres")
        log = path.open("ab")
        supervisor.add(Child("postgres", lambda: server.start(log), path, signal.SIGINT))
        return server.url()

    def _start_redis(self, supervisor: Supervisor, known: Mapping[str, str]) -> str:
        say("Starting Redis …")
        server = RedisServer(self.data / "redis", known["redis"], free_port())
        path = supervisor.log_of("redis")
        log = path.open("ab")
        supervisor.add(Child("redis", lambda: server.start(log), path))
        return server.url

    def _start_sink(self, supervisor: Supervisor) -> str:
        port = free_port()
        mail = self.data / "mail"
        mail.mkdir(mode=0o700, exist_ok=True)
        sink = [
            "-m",
            "aiosmtpd",
            "-n",
            "-l",
            f"127.0.0.1:{port}",
            "-c",
            "aiosmtpd.handlers.Mailbox",
            str(mail),
        ]
        supervisor.command("mail-sink", [sys.executable, *sink], {})
        return f"smtp://127.0.0.1:{port}"

    # --- services --------------------------------------------------------------------------------------

    def _start_services(self, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
        say("Starting the services …")
        binaries = Path(sys.executable).parent
        gunicorn = [
            str(binaries / "gunicorn"),
            "-c",
            "deploy/gunicorn.conf.py",
            "services.all_in_one:create()",
        ]
        supervisor.command("web", gunicorn, environment)

    def _wait_until_ready(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            supervisor.look()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.options.port}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise CannotRunError(f"The services were not ready within {READY_SECONDS:.0f} s; see {self.data}/log.")

    def _greet(self) -> None:
        say(f"ready in {time.monotonic() - self.began:.1f} s: http://127.0.0.1:{self.options.port}")


def _lock(lock: IO[str], data: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotRunError(f"Zhurnal runs already on {data}; stop it first or name another --data.") from error


def _stop(_: int, __: FrameType | None) -> None:
    raise StopRequested


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
