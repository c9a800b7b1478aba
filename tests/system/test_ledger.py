"""Numbered marks over HTTP while everything is killed: all of them stored once, told once, to nobody else."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.separate import separate_form
from tests.system.ledger.acts import Act, Acts
from tests.system.ledger.books import SeparateSource
from tests.system.ledger.families import make_families
from tests.system.ledger.siege import besiege

RATE = 20.0
"""Marks a second: a school of a thousand at its busiest."""
SEED = int(os.environ.get("ZHURNAL_SEED", "1"))
RELAY = "tests.system.ledger.relay.ThinkingMailbox"


def _all_acts(acts: Acts) -> list[Act]:
    """Everything that the promise names, each at least once."""
    killed = ["journal", "accounts", "notifications", "journal-worker", "notifications-worker", "accounts-worker"]
    return [
        *(acts.one_process_of(name) for name in ("journal", "accounts", "notifications", "notifications-worker")),
        *(acts.whole(name) for name in (*killed, "mail-worker", "mail-worker", "scheduler", "sink", "sink")),
        *(acts.frozen(name) for name in ("accounts", "journal", "sink", "mail-worker", "notifications-worker")),
        acts.redis(file_kept=True),
        acts.redis(file_kept=False),
        acts.backend(),
        acts.postmaster(),
        acts.frozen_postgres(),
    ]


def _few_acts(acts: Acts) -> list[Act]:
    """Without the mail worker's death, after which one waits for a lease and a sweep."""
    return [
        acts.one_process_of("journal"),
        acts.whole("notifications-worker"),
        acts.redis(file_kept=False),
        acts.whole("sink"),
        acts.postmaster(),
    ]


def _besiege(
    folder: Path, marks: int, choose: Callable[[Acts], list[Act]], record: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    record("seed", SEED)
    with separate_form(folder, durable=True, sink_handler=RELAY) as suite:
        taught = make_families(suite.front, suite.create_school(), marks)
        acts = choose(Acts(suite, chance))
        besiege(
            SeparateSource(suite),
            taught,
            marks,
            RATE,
            acts,
            chance,
            record,
            suite.start_what_ended,
            suite.wait_until_ready,
        )


@pytest.mark.system
@pytest.mark.timeout(600)
@pytest.mark.enable_socket
def test_three_hundred_marks_in_the_ledger(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    _besiege(tmp_path, 300, _few_acts, record_property)


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.enable_socket
def test_two_thousand_marks_in_the_ledger(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Run it with `ZHURNAL_SEED` for another order of what happens."""
    _besiege(tmp_path, 2000, _all_acts, record_property)
