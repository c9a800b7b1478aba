"""An event that cannot be applied steps aside with those of its key; the rest flows."""

from __future__ import annotations

import uuid
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Scope
from services.common.events import Event
from services.common.events.parking import parked_events, retry_key, skip_event, sweep_parked
from tests.support.stream_pair import FactChanged, Pair, copy_fact


def test_poison_parks_its_key_at_once_and_the_rest_flows(pair: Pair, school: uuid.UUID) -> None:
    bad, good = uuid.uuid4(), uuid.uuid4()
    pair.change(school, bad)
    pair.change(school, bad, "poison")
    pair.change(school, good)
    pair.change(school, bad)
    pair.deliver()
    pair.change(school, bad)
    pair.change(school, good)
    pair.deliver()
    assert pair.applied() == [(bad, 1), (good, 1), (good, 2)]
    assert pair.parked() == 3
    first, *_ = parked_events(pair.copy, "copy")
    assert first.error.startswith("ValueError at stream_pair.py:")
    assert "cannot be taken" not in first.error


def test_mended_code_and_a_retry_apply_what_was_parked_in_order(pair: Pair, school: uuid.UUID) -> None:
    bad = uuid.uuid4()
    pair.change(school, bad, "poison")
    pair.change(school, bad)
    pair.deliver()
    assert pair.applied() == []
    handlers = {FactChanged.type: lambda session, event: copy_fact(session, _healed(event))}
    assert retry_key(pair.copy, "copy", handlers, school, "source", f"fact:{bad}") == 2
    assert pair.applied() == [(bad, 1), (bad, 2)]
    assert pair.parked() == 0
    pair.change(school, bad)
    pair.deliver()
    assert pair.applied()[-1] == (bad, 3)


def _healed(event: Event) -> Event:
    return replace(event, data={**event.data, "kind": "good"})


def test_a_skipped_event_lets_the_ones_behind_it_through(pair: Pair, school: uuid.UUID) -> None:
    bad = uuid.uuid4()
    pair.change(school, bad, "poison")
    pair.change(school, bad)
    pair.deliver()
    first = parked_events(pair.copy, "copy")[0]
    assert skip_event(pair.copy, "copy", school, "source", first.epoch, first.seq)
    assert not skip_event(pair.copy, "copy", school, "source", first.epoch, first.seq)
    retry_key(pair.copy, "copy", pair.subscriptions.HANDLERS, school, "source", f"fact:{bad}")
    assert pair.applied() == [(bad, 2)]


def test_the_sweep_tries_five_times_and_then_leaves_it_to_people(pair: Pair, school: uuid.UUID) -> None:
    pair.change(school, uuid.uuid4(), "poison")
    pair.deliver()
    for _ in range(7):
        with pair.copy.transaction(Scope(school_id=school)) as session:
            session.execute(sa.text("UPDATE parked SET next_at = now()"))
        sweep_parked(pair.copy, "copy", pair.subscriptions.HANDLERS)
    [event] = parked_events(pair.copy, "copy")
    assert event.attempts == 5


def test_a_lost_connection_is_nobodys_poison(pair: Pair, school: uuid.UUID) -> None:
    fact = uuid.uuid4()
    failures = [1, 1]

    def fail_twice(session: orm.Session, event: Event) -> None:
        if failures:
            failures.pop()
            raise sa.exc.OperationalError("", {}, Exception("gone"))
        copy_fact(session, event)

    pair.subscriptions.handler = fail_twice
    pair.change(school, fact)
    for _ in range(3):
        pair.relay()
        try:
            while pair.queue:
                pair.step()
        except sa.exc.OperationalError:
            pair.pass_time()
    assert pair.applied() == [(fact, 1)]
    assert pair.parked() == 0


class _Killed(BaseException):
    """What a dying process looks like to the next one: nothing committed, nothing answered."""


def test_an_event_that_kills_its_process_is_found_and_parked(pair: Pair, school: uuid.UUID) -> None:
    killer, good = uuid.uuid4(), uuid.uuid4()
    deaths = 0

    def die(session: orm.Session, event: Event) -> None:
        nonlocal deaths
        if event.data["kind"] == "killer":
            deaths += 1
            raise _Killed
        copy_fact(session, event)

    pair.subscriptions.handler = die
    pair.change(school, good)
    pair.change(school, killer, "killer")
    pair.change(school, good)
    for _ in range(20):
        pair.relay()
        try:
            while pair.queue:
                pair.step()
        except _Killed:
            pass
        pair.pass_time()
    assert pair.applied() == [(good, 1), (good, 2)]
    assert deaths <= 6
    [event] = parked_events(pair.copy, "copy")
    assert event.error == "killed its worker"
