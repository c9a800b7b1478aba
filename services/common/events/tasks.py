"""The event stream as Celery tasks: `<service>.receive_events` and `<service>.acknowledge_events`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery

from services.common.celery import STALE_SECONDS, send
from services.common.clock import now
from services.common.events.asking import digest_of_sources, state_of_sources
from services.common.events.comparing import LATER, compare_school
from services.common.events.parking import sweep_parked
from services.common.events.rebuilding import rebuild
from services.common.events.receiving import RebuildNeededError, Subscriptions, receive
from services.common.events.stream import (
    Acknowledgement,
    Batch,
    Send,
    acknowledge,
    delete_acknowledged,
)
from services.common.schedule import plan_again, plan_everywhere
from services.common.service import Service

COMPARE_AT = dt.time(3, 40)
"""When a school's copies are compared, by its own clocks."""


def batch_sender(celery: Celery) -> Send:
    """Sends batches to their consumers' queues."""

    def send_batch(batch: Batch) -> None:
        send(celery, f"{batch.consumer}.receive_events", batch.consumer, STALE_SECONDS, **batch.message())

    return send_batch


def take_in(service: Service, subscriptions: Subscriptions, batch: Batch) -> Acknowledgement | None:
    """Applies a batch, or the whole present state where following is not possible."""
    try:
        return receive(service.database, service.name, subscriptions, batch)
    except RebuildNeededError:
        # Outside the cursor's lock: the source is asked over HTTP.
        return rebuild(service.database, service.name, subscriptions, batch, state_of_sources(service.client))


def register_event_tasks(
    celery: Celery, service: Service, subscriptions: Subscriptions, sweeps: Sequence[Callable[[], None]] = ()
) -> None:
    """The tasks by which `service` hears and is heard; all acknowledge early, the database repeats.

    `sweeps` run each minute beside the sweep of parked events.
    """
    name = service.name

    def receive_events(**message: Any) -> None:
        answer = take_in(service, subscriptions, Batch(consumer=name, **message))
        if answer is not None:
            task = f"{answer.source}.acknowledge_events"
            send(celery, task, f"{answer.source}.relay", STALE_SECONDS, **answer.message())

    def acknowledge_events(**message: Any) -> None:
        acknowledge(service.database, Acknowledgement(source=name, **message), batch_sender(celery))

    def compare(school: str) -> None:
        compare_at_night(service, subscriptions, uuid.UUID(school))

    def sweep_all() -> None:
        sweep(service, subscriptions)
        for more in sweeps:
            more()

    celery.task(name=f"{name}.receive_events")(receive_events)
    celery.task(name=f"{name}.acknowledge_events")(acknowledge_events)
    celery.task(name=f"{name}.compare")(compare)
    celery.task(name=f"{name}.sweep")(sweep_all)


def sweep(service: Service, subscriptions: Subscriptions) -> None:
    """What each minute looks for: schools without a plan, parked events whose time has come, events all have."""
    plan_everywhere(service.database, service.name, "compare", COMPARE_AT, now())
    sweep_parked(service.database, service.name, subscriptions.HANDLERS)
    delete_acknowledged(service.database, service.name)


def compare_at_night(service: Service, subscriptions: Subscriptions, school_id: uuid.UUID) -> None:
    """Compares what this service keeps of a school with its sources; once more later where that could not be done.

    It never waits itself: the events that it would wait for may need this very worker.
    """
    found = compare_school(
        service.database,
        service.name,
        subscriptions,
        state_of_sources(service.client),
        digest_of_sources(service.client),
        school_id,
    )
    if any(one.outcome in LATER for one in found):
        plan_again(service.database, service.name, "compare", school_id, now())
