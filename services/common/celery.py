"""The Celery application, its settings each with its reason. No result backend, no beat, no shared tasks."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import redis
import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from kombu import Queue
from kombu.transport import redis as redis_transport
from kombu.transport import virtual

from services.common.config import setting, settings_from
from services.common.db import Database
from services.common.logging import configure_logging
from services.common.pulse import with_pulse
from services.common.service import Service

VISIBILITY_SECONDS = 300
HARD_LIMIT_SECONDS = 240
SOFT_LIMIT_SECONDS = 210
WORKER_CONNECTIONS = 2
"""Per child and database: the task's own, and one for what it records beside."""


class _QoS(redis_transport.QoS):
    """Gives the place of a message back even when Redis cannot be told that it was acknowledged."""

    def ack(self, delivery_tag: str) -> None:
        # kombu keeps such a message as one under way. A worker whose every place was taken when Redis died then
        # listened no more, so that it never noticed and stood still for ever. The message itself may come again.
        try:
            super().ack(delivery_tag)
        except redis.exceptions.RedisError:
            virtual.QoS.ack(self, delivery_tag)
            raise


redis_transport.Channel.QoS = _QoS


def create_celery(name: str, redis_url: str, queues: list[str]) -> Celery:
    """A Celery application that consumes `queues` when it is run as a worker."""
    celery = Celery(name, broker=redis_url, set_as_current=False)
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],  # never pickle: who can write to Redis could run code
        task_ignore_result=True,  # with a result backend 296 tasks/s instead of 930
        worker_prefetch_multiplier=1,  # fairness between long and short tasks
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        # An event task is acknowledged early, the database repeats it; a work task sets acks_late itself.
        # Rejecting on a lost worker would run a killer task in a hot loop.
        task_acks_late=False,
        task_reject_on_worker_lost=False,
        task_soft_time_limit=SOFT_LIMIT_SECONDS,
        task_time_limit=HARD_LIMIT_SECONDS,
        task_queues=[Queue(queue) for queue in queues],  # else a queue "celery" appears
        task_default_queue=queues[0],
        task_create_missing_queues=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,  # Redis on a full disk answers, but refuses: no reason for a worker to end
        broker_transport_options={
            "visibility_timeout": VISIBILITY_SECONDS,  # above the hard limit: no task runs twice at once
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,  # without limits a publish to a frozen Redis hangs for ever
            "socket_connect_timeout": 2,
        },
        task_publish_retry_policy={
            "max_retries": 2,
            "interval_start": 0.05,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
    )
    return celery


Build = Callable[..., Service]
Register = Callable[[Celery, Service], None]


def worker_app(name: str, parts: Mapping[str, tuple[Build, Register]], more_queues: Sequence[str] = ()) -> Celery:
    """The Celery application of a worker process for these services, with their settings from the environment.

    Queues are `<service>`, `<service>.relay` and `more_queues`; `-Q` chooses among them.
    """
    queues = [queue for service in parts for queue in (service, f"{service}.relay")]
    celery = create_celery(name, setting(os.environ, "REDIS_URL"), [*queues, *more_queues])
    with_pulse(celery)
    for service_name, (build, register) in parts.items():
        settings = settings_from(os.environ, service_name)
        service = build(settings, Database(settings.database_url, pool_size=WORKER_CONNECTIONS))
        service.start()
        register(celery, service)
    gc.freeze()  # what was made so far stays: the children share it untouched, and no collection looks through it
    return celery


STALE_SECONDS = 3600.0
"""What the databases say again each minute is thrown away unread when it is an hour old: a worker that was down for
days would first work off thousands of them. An hour, since two machines' clocks may differ."""


def send(celery: Celery, task: str, queue: str, stale_after: float | None = None, /, **arguments: Any) -> None:
    """Sends a task by name, to be thrown away unread after so many seconds if that is said.

    `argsrepr` stays empty: Celery would write arguments into headers and logs.
    """
    celery.send_task(
        task, kwargs=arguments, queue=queue, argsrepr="", kwargsrepr="", ignore_result=True, expires=stale_after
    )


@setup_logging.connect
def _log_as_we_do(**_: Any) -> None:
    configure_logging("worker")


@task_prerun.connect
def _bind_task(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def _unbind_task(**_: Any) -> None:
    structlog.contextvars.unbind_contextvars("task", "task_id")
