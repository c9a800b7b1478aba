"""`python -m services.notifications.cli migrate|parked`: what an operator does with this service."""

from __future__ import annotations

import argparse
import os
import sys

from services.common.config import setting, sqlalchemy_url
from services.common.db import Database
from services.common.events.cli import add_parked_commands, run_parked_command
from services.common.migrate import migrate
from services.notifications import subscriptions


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.notifications.cli")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="make the database or bring it up to date")
    add_parked_commands(commands)
    options = parser.parse_args(arguments)
    url = setting(os.environ, "NOTIFICATIONS_DATABASE_URL")
    if options.command == "migrate":
        admin_url = setting(os.environ, "ZHURNAL_ADMIN_DATABASE_URL")
        migrate("notifications", admin_url, url, setting(os.environ, "ZHURNAL_ENV", "production"))
        return 0
    database = Database(sqlalchemy_url(url), pool_size=1)
    try:
        return run_parked_command(options, database, "notifications", subscriptions, print)
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
