"""Commands of accounts: `create-school`, and those of every service."""

from __future__ import annotations

import argparse
import sys
import uuid
from collections.abc import Mapping, Sequence

from services.accounts import subscriptions
from services.accounts.schools.commands import SchoolMade, admit_founder_again, create_school
from services.common.cli import begin, operate, own_url, parser_of
from services.common.clock import now
from services.common.config import ConfigurationError, setting
from services.common.db import Database, Scope
from services.common.problems import NotFoundError


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Runs one command; what went wrong is one sentence on stderr."""
    parser, commands = parser_of("accounts")
    school = commands.add_parser("create-school", help="begin a school, or let its administrator in again")
    school.add_argument("--name", help="as it is to be shown")
    school.add_argument("--zone", help="IANA time zone, such as Europe/Simferopol")
    school.add_argument("--admin", help="'Фамилия Имя Отчество' of the first administrator")
    school.add_argument("--address", default="", help="of the school; with it the samples of consent are in force")
    school.add_argument("--site", default="", help="where the school publishes, for the consent to photographs")
    school.add_argument("--again", metavar="SCHOOL_ID", type=uuid.UUID, help="a new code for a school there is")
    options = parser.parse_args(arguments)
    try:
        if options.command != "create-school":
            return operate("accounts", subscriptions, options, environ)
        _print_made(_make(options, environ), environ)
    except (ConfigurationError, ValueError, NotFoundError) as error:
        print(f"accounts: {error}", file=sys.stderr)
        return 1
    return 0


def _make(options: argparse.Namespace, environ: Mapping[str, str]) -> SchoolMade:
    if options.again is None and not (options.name and options.zone and options.admin):
        raise ValueError("create-school needs --name, --zone and --admin, or --again <school id>")
    database = Database(own_url("accounts", environ), pool_size=1)
    try:
        with database.transaction(Scope(actor="command:create-school")) as session:
            if options.again is not None:
                return admit_founder_again(session, options.again, now())
            return create_school(
                session, options.name, options.zone, options.admin, address=options.address, site=options.site
            )
    finally:
        database.dispose()


def _print_made(made: SchoolMade, environ: Mapping[str, str]) -> None:
    url = setting(environ, "ZHURNAL_URL", "http://127.0.0.1:8000").rstrip("/")
    print(f"school {made.school_id}")
    print(f"login  {made.login}")
    print(f"open   {url}/activate#{made.code}")
    print(f"until  {made.expires_at:%Y-%m-%d %H:%M} UTC; this link is shown once")


if __name__ == "__main__":
    begin(main)
