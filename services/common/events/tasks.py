"""The event stream as Celery tasks: `<service>.receive_events` and `<service>.acknowledge_events`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery

from services.common.celery import send
from services.common.events.parking import sweep_parked
from services.common.events.rebuilding import AskState, rebuild
from services.common.events.receiving import RebuildNeededError, Subscriptions, receive
from services.common.events.stream import (
    Acknowledgement,
    Batch,
    Send,
    acknowledge,
    delete_acknowledged,
)
from services.common.service import Service


def batch_sender(celery: Celery) -> Send:
    """Sends batches to their consumers' queues."""

    def send_batch(batch: Batch) -> None:
        send(celery, f"{batch.consumer}.receive_events", batch.consumer, **batch.message())

    return send_batch


def state_of_sources(service: Service) -> AskState:
    """Asks a source for a page of its state over HTTP."""

    def ask(source: str, kind: str, cursor: str | None) -> Any:
        parameters = {"cursor": cursor} if cursor else {}
        return service.client.get(source, f"/internal/{source}/v1/state/{kind}", **parameters)

    return ask


def take_in(service: Service, subscriptions: Subscriptions, batch: Batch) -> Acknowledgement | None:
    """Applies a batch, or the whole present state where following is not possible."""
    try:
        return receive(service.database, service.name, subscriptions, batch)
    except RebuildNeededError:
        # Outside the cursor's lock: the source is asked over HTTP.
        return rebuild(service.database, service.name, subscriptions, batch, state_of_sources(service))


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
            send(celery, task, f"{answer.source}.relay", **answer.message())

    def acknowledge_events(**message: Any) -> None:
        acknowledge(service.database, Acknowledgement(source=name, **message), batch_sender(celery))

    def sweep() -> None:
        sweep_parked(service.database, name, subscriptions.HANDLERS)
        delete_acknowledged(service.database, name)
        for more in sweeps:
            more()

    celery.task(name=f"{name}.receive_events")(receive_events)
    celery.task(name=f"{name}.acknowledge_events")(acknowledge_events)
    celery.task(name=f"{name}.sweep")(sweep)
