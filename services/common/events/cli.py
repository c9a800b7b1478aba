"""What an operator does with the event stream: `parked show|retry|skip`, `compare`, `restored`."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable
from typing import Any

from services.common.clients import InternalClient
from services.common.db import Database
from services.common.events.asking import digest_of_sources, state_of_sources
from services.common.events.comparing import RIGHT, compare_school
from services.common.events.parking import parked_events, retry_key, schools_of, skip_event
from services.common.events.receiving import Subscriptions


def add_event_commands(commands: Any) -> None:
    """Adds `parked`, `compare` and `restored` to a parser's sub-commands."""
    compare = commands.add_parser("compare", help="whether what is kept of other services is right; mend what is not")
    compare.add_argument("--school", type=uuid.UUID, help="one school instead of all")
    commands.add_parser("restored", help="the database was brought back from a backup: say so to all who follow it")
    parked = commands.add_parser("parked", help="events that could not be taken: show, retry, skip")
    acts = parked.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="all of them, oldest first, without their content")
    retry = acts.add_parser("retry", help="try what is parked for a key, in order, once the code is mended")
    skip = acts.add_parser("skip", help="give up one event for good")
    for act in (retry, skip):
        act.add_argument("--school", type=uuid.UUID, required=True)
        act.add_argument("--source", required=True)
    retry.add_argument("--key", required=True)
    skip.add_argument("--epoch", required=True)
    skip.add_argument("--seq", type=int, required=True)


def run_parked_command(
    options: argparse.Namespace,
    database: Database,
    consumer: str,
    subscriptions: Subscriptions,
    say: Callable[[str], None],
) -> int:
    """Does what `parked …` asked for; 0 when it came to something."""
    if options.act == "show":
        for event in parked_events(database, consumer):
            place = f"school={event.school_id} source={event.source} epoch={event.epoch} seq={event.seq}"
            say(f"{place} type={event.type} key={event.key} attempts={event.attempts} error={event.error}")
        return 0
    if options.act == "retry":
        handlers = subscriptions.HANDLERS
        applied = retry_key(database, consumer, handlers, options.school, options.source, options.key)
        say(f"{applied} applied")
        return 0 if applied else 1
    found = skip_event(database, consumer, options.school, options.source, options.epoch, options.seq)
    say("skipped" if found else "no such event")
    return 0 if found else 1


def run_compare_command(
    options: argparse.Namespace,
    database: Database,
    client: InternalClient,
    consumer: str,
    subscriptions: Subscriptions,
    say: Callable[[str], None],
) -> int:
    """Compares and mends as the night does, and says what came of it; 0 when every copy is right now."""
    schools = [options.school] if options.school else schools_of(database, consumer)
    good = True
    for school_id in schools:
        ask_state, ask_digest = state_of_sources(client), digest_of_sources(client)
        for one in compare_school(database, consumer, subscriptions, ask_state, ask_digest, school_id):
            good = good and one.outcome in RIGHT
            rows = f"missing={one.missing} differing={one.differing} surplus={one.surplus}"
            say(f"school={school_id} source={one.source} kind={one.kind} {one.outcome} {rows}")
    return 0 if good else 1
