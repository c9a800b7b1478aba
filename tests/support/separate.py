"""The separate form as processes: a gunicorn and a worker per service on loopback, mail worker, scheduler, servers
and a mail sink of its own; each can be stopped, frozen and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from deploy.servers import PostgresServer, RedisServer, dying_with_parent, free_port
from deploy.suite import Addresses, kept_secrets, suite_environment
from services.common.config import SERVICES
from services.common.migrate import migrate
from tests.support.running import (
    HTTP,
    PATIENCE,
    SCHOOL,
    Front,
    Process,
    Sink,
    activation_code,
    descendants,
    process_of,
    until,
    without_servers,
)

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass(frozen=True)
class Adopted:
    """A process that somebody else has started."""

    process: Process

    @property
    def pid(self) -> int:
        return self.process.pid

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, seconds: float = PATIENCE) -> None:
        """Raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + seconds
        while self.process.alive():
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.process.command, seconds)
            time.sleep(0.05)


@dataclass
class Separate:
    """All processes by name."""

    folder: Path
    postgres: PostgresServer
    redis: RedisServer
    smtp_port: int
    ports: Mapping[str, int]
    environment: Mapping[str, str]
    sink_handler: str = "aiosmtpd.handlers.Mailbox"
    """Class of the handler of the mail sink, which gets the folder of a Maildir."""
    running: dict[str, subprocess.Popen[bytes] | Adopted] = field(default_factory=dict)
    frozen: list[Process] = field(default_factory=list)
    """Of PostgreSQL."""

    @property
    def front(self) -> Front:
        return Front({name: f"http://127.0.0.1:{self.ports[name]}" for name in SERVICES})

    @property
    def sink(self) -> Sink:
        return Sink(self.folder / "mail")

    def commands(self) -> dict[str, list[str]]:
        """What is started, by name."""
        python, binaries = sys.executable, Path(sys.executable).parent
        celery = [str(binaries / "celery"), "-A"]
        found = {"sink": [python, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.smtp_port}"]}
        found["sink"] += ["-c", self.sink_handler, str(self.folder / "mail")]
        for name in (*SERVICES, "web"):
            gunicorn = [str(binaries / "gunicorn"), "-c", "deploy/gunicorn.conf.py"]
            found[name] = [*gunicorn, f"services.{name}.wsgi:application"]
        for name in SERVICES:
            queues = f"{name},{name}.relay"
            worker = [f"services.{name}.worker", "worker", "-n", f"{name}@%h", "-c", "1", "-Q", queues]
            found[f"{name}-worker"] = [*celery, *worker, *QUIET]
        for name in ("journal", "reports"):
            slow = [f"services.{name}.worker", "worker", "-n", f"{name}.slow@%h", "-c", "1", "-Q", f"{name}.slow"]
            found[f"{name}-slow-worker"] = [*celery, *slow, *QUIET]
        mail = ["services.notifications.worker", "worker", "-n", "mail@%h", "-P", "solo", "-Q", "notifications.mail"]
        found["mail-worker"] = [*celery, *mail, *QUIET]
        found["scheduler"] = [python, "-m", "services.scheduler"]
        return found

    def start(self, name: str) -> None:
        environment = os.environ | self.environment
        if name in self.ports:
            environment |= {"ZHURNAL_BIND": f"127.0.0.1:{self.ports[name]}"}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                dying_with_parent(self.commands()[name]),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_what_ended(self) -> None:
        """As compose does (`restart: unless-stopped`): who finds no database when it starts ends, and comes again."""
        for name, process in list(self.running.items()):
            if isinstance(process, subprocess.Popen) and process.poll() is not None:
                self.start(name)

    def stop(self, *names: str) -> None:
        """Asks all of them at once and waits for each; what stands still must hear it, too."""
        for name in names:
            self.thaw(name)
        processes = [self.running.pop(name) for name in names]
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def replace(self, name: str) -> None:
        """As an upgrade does it. The new gunicorn takes over the old one's socket before that goes; whoever works
        off a queue ends what was begun and begins anew."""
        if name not in self.ports:
            self.stop(name)
            self.start(name)
            return
        old = self.running[name]
        before = {process.pid for process in descendants(old.pid)}
        os.kill(old.pid, signal.SIGUSR2)
        fresh = until(lambda: self._fresh_master(old.pid, before), f"a second {name}")
        old.terminate()
        old.wait(60)
        self.running[name] = fresh

    def _fresh_master(self, old: int, before: set[int]) -> Adopted | None:
        """The new gunicorn below the old one, once it has workers that serve."""
        for process in descendants(old, direct=True):
            if process.pid not in before and descendants(process.pid):
                return Adopted(process)
        return None

    def processes(self, name: str) -> list[int]:
        """A process and all below it."""
        process = self.running[name]
        return [process.pid, *(child.pid for child in descendants(process.pid))]

    def freeze(self, name: str) -> None:
        """As a machine that hangs: nothing is refused, nothing is answered."""
        for pid in self.processes(name):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        for pid in self.processes(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def freeze_postgres(self) -> None:
        master = self.postgres.process and process_of(self.postgres.process.pid)
        if not master or not master.alive():
            return
        os.kill(master.pid, signal.SIGSTOP)  # first, so that it makes no more of them
        self.frozen = [master, *descendants(master.pid)]
        for process in self.frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGSTOP)

    def thaw_postgres(self) -> None:
        """Those that were frozen, even when their postmaster has died since: it is nobody's child any more."""
        for process in self.frozen:
            if process.alive():
                os.kill(process.pid, signal.SIGCONT)
        self.frozen = []

    def wait_until_ready(self) -> None:
        for name, port in self.ports.items():
            until(
                lambda name=name, port=port: self._answers(name, port),
                lambda name=name: f"{name} answers: {self.log(name)}",
                240,
            )

    def _answers(self, name: str, port: int) -> bool:
        path = "/login" if name == "web" else f"/api/{name}/readyz"
        try:
            return bool(HTTP.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code == 200)
        except httpx2.TransportError:
            return False

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def command(self, service: str, *arguments: str) -> str:
        """What `python -m services.<service>.cli` printed."""
        command = [sys.executable, "-m", f"services.{service}.cli", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | self.environment).stdout

    def create_school(self) -> str:
        """The activation code of a new school's administrator."""
        command = [sys.executable, "-m", "services.accounts.cli", "create-school", *SCHOOL]
        environment = os.environ | self.environment
        return activation_code(subprocess.run(command, capture_output=True, text=True, env=environment))


def _environment(folder: Path, addresses: Addresses, ports: Mapping[str, int]) -> dict[str, str]:
    known = kept_secrets(folder)
    variables = without_servers() | suite_environment(folder, known, addresses, "production")
    # Each service has a port of its own that strangers do not reach; there is no front port to be kept off.
    del variables["ZHURNAL_INTERNAL_PORT"]
    for name in SERVICES:
        url = f"http://127.0.0.1:{ports[name]}"
        variables |= {f"{name.upper()}_INTERNAL_URL": url, f"{name.upper()}_URL": url}
    return variables


@contextlib.contextmanager
def separate_form(
    folder: Path, *, durable: bool = False, sink_handler: str = Separate.sink_handler
) -> Iterator[Separate]:
    """All of it, ready; every process ends with the block. Only durable servers keep their word when killed."""
    folder.chmod(0o711)
    ports = {name: free_port() for name in (*SERVICES, "web")}
    postgres = PostgresServer(folder / "postgres", "of-the-tests", durable=durable)
    redis = RedisServer(folder / "redis", "of-the-tests", free_port(), durable=durable)
    smtp_port = free_port()
    addresses = Addresses(postgres.url(), redis.url, f"smtp://127.0.0.1:{smtp_port}", ports["web"], 0)
    environment = _environment(folder, addresses, ports)
    made = Separate(folder, postgres, redis, smtp_port, ports, environment, sink_handler)
    with (folder / "servers.log").open("ab") as log:
        try:
            postgres.start(log)
            redis.start(log)
            for name in SERVICES:
                migrate(name, postgres.url(), environment[f"{name.upper()}_DATABASE_URL"], "production")
            for name in made.commands():
                made.start(name)
            made.wait_until_ready()
            yield made
        finally:
            made.stop(*made.running)
            redis.stop()
            made.thaw_postgres()
            postgres.stop()
