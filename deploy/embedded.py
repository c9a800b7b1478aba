"""What `./run` starts: PostgreSQL, Redis, all services behind one port, a worker, the scheduler, a mail sink."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from deploy.demo import kept as demonstration
from deploy.servers import PostgresServer, RedisServer, ServerError, free_port
from deploy.suite import Addresses, kept_secrets, suite_environment, write_private
from deploy.supervisor import Child, Supervisor, TooManyDeathsError
from services.common.config import SERVICES, ConfigurationError
from services.common.schema_state import is_current, made_as

PORT = 8000
OWN, DEMONSTRATION = "production", "demo"
"""What a database is made as, for good: for a school of one's own or for the demonstration."""
RUNNING = "running.json"
"""Settings of the suite's processes as it runs, for commands beside it."""
MAKE_A_SCHOOL = "Make a school: ./run create-school --name 'Школа № 1' --zone Europe/Moscow --admin 'Фамилия Имя'"
OTHER_USE = {
    True: "This data folder holds the demonstration, for good; start it without --empty, or name another --data.",
    False: "This data folder holds a school of your own; start it with --empty, or name another --data.",
}
"""By whether the databases were made for the demonstration."""
NEEDED_BYTES = 500 * 1024 * 1024
FEWEST_PUPILS, MOST_PUPILS = 110, 5000
"""Of a demonstration by size: ten in each of eleven classes, and more than any one school has."""
SLOW_TASKS_PER_CHILD = 50
"""Then a fresh one: rendering leaves memory behind."""
READY_SECONDS = 180.0
"""Ten are usual; a machine that does other things, too, is no reason to give up."""


class CannotRunError(Exception):
    """Something in the way, as one sentence for whoever typed `./run`."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM."""


def say(text: str) -> None:
    print(text, flush=True)


def arguments_from(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Starts Zhurnal whole on this machine.")
    parser.add_argument("--data", type=Path, default=Path("var"), help="folder for all data (default: var)")
    parser.add_argument("--port", type=int, default=PORT, help=f"port on 127.0.0.1 (default: {PORT})")
    parser.add_argument("--empty", action="store_true", help="no demonstration: for a school of your own")
    parser.add_argument(
        "--today",
        type=dt.date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="day around which a new demonstration is laid (default: today)",
    )
    parser.add_argument(
        "--demo",
        type=pupils_wanted,
        metavar="PUPILS",
        help="a new demonstration of so many pupils",
    )
    parser.epilog = (
        "./run create-school [--data D] --name … --zone … --admin '…' makes a school, now or while it runs."
    )
    return parser.parse_args(argv)


def pupils_wanted(text: str) -> int:
    """How many pupils a demonstration is to have. Raises ArgumentTypeError."""
    if not text.isdecimal() or not FEWEST_PUPILS <= int(text) <= MOST_PUPILS:
        raise argparse.ArgumentTypeError(f"a number from {FEWEST_PUPILS} to {MOST_PUPILS}")
    return int(text)


def main(argv: list[str]) -> int:
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        if argv and argv[0] == "create-school":
            return create_school(argv[1:])
        options = arguments_from(argv)
        return run(
            options.data.absolute(), options.port, environment_wanted(options.empty), options.today, options.demo
        )
    except (CannotRunError, ServerError, ConfigurationError, TooManyDeathsError) as error:
        print(f"zhurnal: {error}", file=sys.stderr)
        return 1
    except StopRequested:
        return 0


def environment_wanted(empty: bool) -> str:
    """What the databases are to be made as. Raises CannotRunError for a demonstration in production."""
    if not empty and os.environ.get("ZHURNAL_ENV") == OWN:
        raise CannotRunError("ZHURNAL_ENV is production, where no demonstration belongs; start with --empty.")
    return OWN if empty else DEMONSTRATION


def run(data: Path, port: int, environment_name: str, today: dt.date | None, pupils: int | None) -> int:
    """Starts everything and stays until it is told to stop."""
    began = time.monotonic()
    make_data_folder(data)
    check_port(port)
    with locked(data) as free:
        if not free:
            raise CannotRunError(f"Zhurnal runs already on {data}; stop it first or name another --data.")
        with supervised(data) as supervisor:
            environment = start_servers(data, port, supervisor, environment_name)
            demo = environment_name == DEMONSTRATION
            with demonstrated(data, environment, today, pupils) if demo else contextlib.nullcontext():
                start_services(data, supervisor, environment)
                wait_until_ready(data, port, supervisor)
            for line in demonstration.greeting(data) if demo else [MAKE_A_SCHOOL]:
                say(line)
            say(f"ready in {time.monotonic() - began:.1f} s: http://127.0.0.1:{port}")
            while True:
                time.sleep(0.5)
                supervisor.look()


def create_school(argv: list[str]) -> int:
    """accounts' own command with this folder's settings, beside a running suite or before it."""
    from services.accounts import cli as accounts  # no start of the suite needs it

    parser = argparse.ArgumentParser(prog="./run create-school", add_help=False)
    parser.add_argument("--data", type=Path, default=Path("var"))
    options, rest = parser.parse_known_args(argv)
    data: Path = options.data.absolute()
    make_data_folder(data)
    with locked(data) as free:
        if not free:
            if not (data / RUNNING).exists():
                raise CannotRunError("Zhurnal is just starting for the first time; try again when it says ready.")
            running: dict[str, str] = json.loads((data / RUNNING).read_text())
            return accounts.main(["create-school", *rest], {**os.environ, **running})
        with supervised(data) as supervisor:
            known = kept_secrets(data)
            admin_url = os.environ.get("DATABASE_URL") or start_postgres(data, supervisor, known)
            addresses = Addresses(admin_url, os.environ.get("REDIS_URL", ""), "", PORT, PORT)
            environment = suite_environment(data, known, addresses, OWN)
            made = made_as(admin_url, environment["ACCOUNTS_DATABASE_URL"])
            environment["ZHURNAL_ENV"] = made or OWN
            migrate_all(admin_url, environment)
            return accounts.main(["create-school", *rest], {**os.environ, **environment})


# --- before --------------------------------------------------------------------------------------------


def make_data_folder(data: Path) -> None:
    """The folder for all data. Raises CannotRunError when it cannot be made or has no room."""
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        (data / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotRunError(f"The data folder {data} cannot be made: {error.strerror}.") from error
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES:
        raise CannotRunError(
            f"Only {free // 2**20} MB are free below {data}; Zhurnal needs {NEEDED_BYTES // 2**20} MB."
        )


def check_port(port: int) -> None:
    """Raises CannotRunError when somebody listens there already or nobody may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CannotRunError(
                f"Port {port} on 127.0.0.1 cannot be used ({error}); name another with --port."
            ) from error


@contextlib.contextmanager
def locked(data: Path) -> Iterator[bool]:
    """Holds the folder for this process; False when another one holds it."""
    with (data / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextlib.contextmanager
def supervised(data: Path) -> Iterator[Supervisor]:
    """A supervisor whose children end with the block, however it ends; a second Ctrl-C does not disturb that."""
    supervisor = Supervisor(data / "log", say)
    try:
        yield supervisor
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say("Stopping …")
        supervisor.stop()
        say("All processes have ended.")


# --- servers -------------------------------------------------------------------------------------------


def start_servers(data: Path, port: int, supervisor: Supervisor, environment_name: str) -> dict[str, str]:
    """PostgreSQL, Redis and mail sink as far as no others are named; the environment of the services."""
    known = kept_secrets(data)
    admin_url = os.environ.get("DATABASE_URL") or start_postgres(data, supervisor, known)
    redis_url = os.environ.get("REDIS_URL") or start_redis(data, supervisor, known)
    smtp_url = os.environ.get("SMTP_URL") or start_sink(data, supervisor)
    addresses = Addresses(admin_url, redis_url, smtp_url, port, free_port())
    environment = suite_environment(data, known, addresses, environment_name)
    environment["ZHURNAL_MAIL_SINK"] = "" if os.environ.get("SMTP_URL") else "1"
    migrate_all(admin_url, environment)
    write_private(data / RUNNING, json.dumps(environment, indent=1))
    return environment


def migrate_all(admin_url: str, environment: Mapping[str, str]) -> None:
    """Brings the database of every service up to date. Raises CannotRunError where one was made for the other use."""
    wanted = environment["ZHURNAL_ENV"]
    say("Bringing the databases up to date …")
    for service in SERVICES:
        url = environment[f"{service.upper()}_DATABASE_URL"]
        made = made_as(admin_url, url)
        if made is not None and (made == DEMONSTRATION) != (wanted == DEMONSTRATION):
            raise CannotRunError(OTHER_USE[made == DEMONSTRATION])
        if not is_current(service, url):
            from services.common.migrate import migrate  # alembic alone takes a second to import

            migrate(service, admin_url, url, wanted)


def start_postgres(data: Path, supervisor: Supervisor, known: Mapping[str, str]) -> str:
    """The embedded server as a child; its administrator's URL."""
    say("Starting PostgreSQL …")
    server = PostgresServer(data / "postgres", known["postgres"])
    path = supervisor.log_of("postgres")
    log = path.open("ab")
    supervisor.add(Child("postgres", lambda: server.start(log), path, signal.SIGINT, needed=True))
    return server.url()


def start_redis(data: Path, supervisor: Supervisor, known: Mapping[str, str]) -> str:
    """The embedded server as a child; its URL."""
    say("Starting Redis …")
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


@contextlib.contextmanager
def demonstrated(
    data: Path, environment: Mapping[str, str], today: dt.date | None, pupils: int | None
) -> Iterator[None]:
    """Makes the demonstration, unless the folder has one, around the start of the services: these have to be told."""
    if demonstration.renew_address(data, environment["ZHURNAL_URL"]):
        yield
        return
    from deploy.demo import starting  # three seconds of imports that only a first start needs

    built = starting.prepare(data, environment, today, pupils, say)
    yield
    if built:
        starting.wait_until_told(environment, say)


# --- services ------------------------------------------------------------------------------------------


def start_services(data: Path, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Pages and API behind one port, a worker for the queues, the scheduler."""
    say("Starting the services …")
    numbers = data / "metrics"
    # Counters of an earlier life of the suite are not of this one.
    shutil.rmtree(numbers, ignore_errors=True)
    numbers.mkdir(mode=0o700)
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


def _stop(_: int, __: FrameType | None) -> None:
    raise StopRequested


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
