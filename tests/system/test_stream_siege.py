"""Everything that may happen to the stream, through real workers, Redis and the scheduler: the same acts within
twenty seconds and, under `--all`, within a minute.

`ZHURNAL_SEED` says which siege; `python -m tests.system.sieges` runs several and prints their figures.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.support.processes import Processes
from tests.support.siege import LEAST, SECONDS, all_numbered_arrived, besiege, largest_mixed_batch, siege, wait
from tests.support.stream_pair import Pair

CONTROL_SECONDS = 15
SEED = os.environ.get("ZHURNAL_SEED", "1")


@pytest.fixture
def told(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"SIEGE_SEED": SEED} | getattr(request, "param", {})


@pytest.mark.system
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seconds", [20, pytest.param(SECONDS, marks=pytest.mark.slow)])
def test_siege_loses_nothing_and_doubles_nothing(
    pair: Pair, own_redis: str, processes: Processes, seconds: int, record_property: Callable[[str, object], None]
) -> None:
    least = LEAST * seconds // SECONDS
    figures = siege(pair, own_redis, processes, SEED, seconds, least)
    record_property("events", figures.events)
    assert figures.lost == 0, figures
    assert figures.twice == 0, figures
    assert figures.disordered == 0, figures
    assert figures.parked == 0, figures
    assert pair.copies() == pair.facts()
    assert largest_mixed_batch(pair) == 2
    assert figures.events >= least
    assert min(figures.resent, figures.disturbed, figures.kills) > 0, "nothing happened to it"


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("told", [{"SIEGE_NUMBERS": "identity"}], indirect=True)
def test_the_same_siege_loses_events_that_are_numbered_by_identity(
    pair: Pair, own_redis: str, processes: Processes, record_property: Callable[[str, object], None]
) -> None:
    """The negative control: what commits late is behind the last identity value, and nobody looks there."""
    writers = besiege(pair, own_redis, processes, CONTROL_SECONDS, least=200, seed=SEED)
    wait(pair, all_numbered_arrived)
    record_property("events lost", writers.committed - len(pair.applied()))
    assert 0 < len(pair.applied()) < writers.committed
