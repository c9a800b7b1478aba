"""What an operator does with any service from the command line: `migrate`, `parked`, `compare`, `restored`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.common.clients import InternalClient
from services.common.config import ConfigurationError, setting, settings_from, sqlalchemy_url
from services.common.db import Database
from services.common.events.cli import add_event_commands, run_compare_command, run_parked_command
from services.common.events.numbering import declare_restored
from services.common.events.receiving import Subscriptions
from services.common.logging import configure_logging
from services.common.migrate import migrate

Commands = Any
"""argparse has no public name for what `add_subparsers` gives."""


def parser_of(service: str) -> tuple[argparse.ArgumentParser, Commands]:
    """A parser with the commands of every service, and where a service adds its own."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service}.cli")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="make the database or bring it up to date")
    add_event_commands(commands)
    return parser, commands


def own_url(service: str, environ: Mapping[str, str]) -> str:
    """The service's database as SQLAlchemy wants it. Raises ConfigurationError."""
    return sqlalchemy_url(setting(environ, f"{service.upper()}_DATABASE_URL"))


def run(service: str, subscriptions: Subscriptions, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Does one command of a service that has no others; what went wrong is one sentence on stderr."""
    parser, _ = parser_of(service)
    try:
        return operate(service, subscriptions, parser.parse_args(arguments), environ)
    except ConfigurationError as error:
        print(f"{service}: {error}", file=sys.stderr)
        return 1


def operate(
    service: str, subscriptions: Subscriptions, options: argparse.Namespace, environ: Mapping[str, str]
) -> int:
    """Does a command of `parser_of`; the exit code."""
    if options.command == "migrate":
        admin_url = setting(environ, "ZHURNAL_ADMIN_DATABASE_URL")
        url = setting(environ, f"{service.upper()}_DATABASE_URL")
        migrate(service, admin_url, url, setting(environ, "ZHURNAL_ENV", "production"))
        return 0
    database = Database(own_url(service, environ), pool_size=1)
    try:
        if options.command == "restored":
            print(f"from now on this is {declare_restored(database, service)}")
            return 0
        if options.command == "compare":
            client = InternalClient(settings_from(environ, service))
            return run_compare_command(options, database, client, service, subscriptions, print)
        return run_parked_command(options, database, service, subscriptions, print)
    finally:
        database.dispose()


def begin(main: Callable[[Sequence[str], Mapping[str, str]], int]) -> None:
    """Runs a command line as a process: what it answers goes to stdout, what it logs to stderr. Ends the process."""
    configure_logging("command")
    raise SystemExit(main(sys.argv[1:], os.environ))
