"""`python -m services.journal.cli migrate`: what an operator does with this service."""

from __future__ import annotations

import argparse
import os
import sys

from services.common.config import setting
from services.common.migrate import migrate


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.journal.cli")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="make the database or bring it up to date")
    parser.parse_args(arguments)
    migrate(
        "journal",
        setting(os.environ, "ZHURNAL_ADMIN_DATABASE_URL"),
        setting(os.environ, "JOURNAL_DATABASE_URL"),
        setting(os.environ, "ZHURNAL_ENV", "production"),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
