"""The processes of the suite as children of `./run`: servers, mail sink, web, workers, scheduler."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from deploy.folder import CannotRunError
from deploy.servers import PostgresServer, RedisServer, free_port
from deploy.supervisor import Child, Supervisor
from services.common.config import SERVICES

SLOW_TASKS_PER_CHILD = 50
"""Then a fresh one: rendering leaves memory behind."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of a random name that only we may enter
READY_SECONDS = 180.0
"""Ten are usual; a machine that does other things, too, is no reason to give up."""


def start_postgres(data: Path, supervisor: Supervisor, known: Mapping[str, str]) -> str:
    """The embedded server as a child; its administrator's URL."""
    server = PostgresServer(data / "postgres", known["postgres"])
    path = supervisor.log_of("postgres")
    log = path.open("ab")
    supervisor.add(Child("postgres", lambda: server.start(log), path, signal.SIGINT, needed=True))
    return server.url()


def start_redis(data: Path, supervisor: Supervisor, known: Mapping[str, str]) -> str:
    """The embedded server as a child; its URL."""
    server = RedisServer(data / "redis", known["redis"], free_port())
    path = supervisor.log_of("redis")
    log = path.open("ab")
    supervisor.add(Child("redis", lambda: server.start(log), path, needed=True))
    return server.url


def start_sink(data: Path, supervisor: Supervisor) -> str:
    """A local SMTP server that keeps every mail in a Maildir and sends none on; its URL."""
    port = free_port()
    mail = data / "mail"
    # The sink makes a Maildir only where there is no folder yet, and then one that others may read.
    for folder in (mail, *(mail / name for name in ("tmp", "new", "cur"))):
        folder.mkdir(mode=0o700, exist_ok=True)
    sink = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
    supervisor.command("mail-sink", [*sink, "-c", "aiosmtpd.handlers.Mailbox", str(mail)], {}, needed=True)
    return f"smtp://127.0.0.1:{port}"


def start_services(data: Path, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Pages and API behind one port, a worker for the queues, the scheduler."""
    numbers = _folder_of_counters(data)
    binaries = Path(sys.executable).parent
    gunicorn = [str(binaries / "gunicorn"), "-c", "deploy/gunicorn.conf.py"]
    web = {**environment, "PROMETHEUS_MULTIPROC_DIR": str(numbers)}
    supervisor.command("web", [*gunicorn, "services.all_in_one:create()"], web)
    celery = [str(binaries / "celery"), "-A"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    queues = ",".join(f"{service},{service}.relay" for service in SERVICES)
    worker = ["services.worker", "worker", "-n", "events@%h", "-c", "2", "-Q", queues]
    supervisor.command("worker", [*celery, *worker, *quiet], environment)
    slow = ["services.worker", "worker", "-n", "slow@%h", "-c", "1", "-Q", "journal.slow,reports.slow"]
    recycled = ["--max-tasks-per-child", str(SLOW_TASKS_PER_CHILD)]
    supervisor.command("slow-worker", ["nice", *celery, *slow, *recycled, *quiet], environment)
    mail = ["services.notifications.worker", "worker", "-n", "mail@%h", "-P", "solo", "-Q", "notifications.mail"]
    supervisor.command("mail-worker", [*celery, *mail, *quiet], environment)
    supervisor.command("scheduler", [sys.executable, "-m", "services.scheduler"], environment)


def _folder_of_counters(data: Path) -> Path:
    """A new one in memory, where there is such a place, with a link in the data folder.

    Whoever counts has mapped its file: on a full disk the kernel would kill it at the next number.
    """
    forget_counters(data)
    made = Path(tempfile.mkdtemp(prefix="zhurnal-metrics-", dir=MEMORY if MEMORY.is_dir() else data))
    (data / "metrics").symlink_to(made)
    return made


def forget_counters(data: Path) -> None:
    """Removes the numbers that a life of the suite has counted."""
    link = data / "metrics"
    shutil.rmtree(link.resolve(), ignore_errors=True)
    link.unlink(missing_ok=True)


def wait_until_ready(data: Path, port: int, supervisor: Supervisor) -> None:
    """Returns when the suite answers that it can serve. Raises CannotRunError when that takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        supervisor.look()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise CannotRunError(f"The services were not ready within {READY_SECONDS:.0f} s; see {data}/log.")
