"""What `./run` starts: PostgreSQL, Redis, all services behind one port, a worker, the scheduler, a mail sink."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from deploy.children import forget_counters, start_postgres, start_redis, start_services, start_sink, wait_until_ready
from deploy.demo import kept as demonstration
from deploy.demo import starting
from deploy.folder import CannotRunError, Room, check_port, locked, make_data_folder
from deploy.servers import ServerError, free_port
from deploy.suite import Addresses, kept_secrets, suite_environment, write_private
from deploy.supervisor import Supervisor, TooManyDeathsError
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
FEWEST_PUPILS, MOST_PUPILS = 110, 5000
"""Of a demonstration by size: ten in each of eleven classes, and more than any one school has."""


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
    options = parser.parse_args(argv)
    if options.empty and (options.demo or options.today):
        parser.error("--empty starts without a demonstration, and --demo and --today are about one.")
    return options


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
                say("Starting the services …")
                start_services(data, supervisor, environment)
                wait_until_ready(data, port, supervisor)
            for line in demonstration.greeting(data) if demo else [MAKE_A_SCHOOL]:
                say(line)
            say(f"ready in {time.monotonic() - began:.1f} s: http://127.0.0.1:{port}")
            room = Room(data, say)
            while True:
                time.sleep(0.5)
                if room.is_there():
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
        forget_counters(data)
        say("All processes have ended.")


def start_servers(data: Path, port: int, supervisor: Supervisor, environment_name: str) -> dict[str, str]:
    """PostgreSQL, Redis and mail sink as far as no others are named; the environment of the services."""
    say("Starting PostgreSQL and Redis …")
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


@contextlib.contextmanager
def demonstrated(
    data: Path, environment: Mapping[str, str], today: dt.date | None, pupils: int | None
) -> Iterator[None]:
    """Makes the demonstration, unless the folder has one, around the start of the services: these have to be told."""
    if demonstration.renew_address(data, environment["ZHURNAL_URL"]):
        if today is not None or pupils is not None:
            say(f"{data} has its demonstration already, which stays as it is; --today and --demo need a new folder.")
        yield
        return
    try:
        built = starting.made(data, environment, today, pupils)
    except subprocess.CalledProcessError as error:
        raise CannotRunError("The demonstration could not be made; what its process said stands above.") from error
    yield
    if built:
        starting.wait_until_told(environment, say)


def _stop(_: int, __: FrameType | None) -> None:
    raise StopRequested


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
