"""The queue in this process: the real scheduler sends, the real tasks run, every message is written down."""

from __future__ import annotations

import json
import queue
import threading
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from services.accounts import tasks as accounts_tasks
from services.common.celery import create_celery
from services.journal import tasks as journal_tasks
from services.notifications import tasks as notifications_tasks
from services.reports import tasks as reports_tasks
from services.scheduler import CONSUMERS, Scheduler
from tests.support.suite import Suite

TASKS: dict[str, ModuleType] = {
    "accounts": accounts_tasks,
    "journal": journal_tasks,
    "notifications": notifications_tasks,
    "reports": reports_tasks,
}


@dataclass(frozen=True)
class Message:
    """A task and what it was given, as it lies in Redis."""

    task: str
    payload: str


@dataclass
class Queue:
    """Carries what the services of `suite` send."""

    suite: Suite
    sent: list[Message] = field(default_factory=list)
    _waiting: queue.Queue[Message] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        self._celery = create_celery("tests", "memory://", ["tests"])
        self._celery.send_task = self._take  # type: ignore[method-assign]
        for name, module in TASKS.items():
            module.register(self._celery, self.suite.services[name])

    def _take(self, task: str, *, kwargs: dict[str, Any], **more: Any) -> None:
        message = Message(task, json.dumps(kwargs, ensure_ascii=False))
        assert not any(more.get(told) for told in ("argsrepr", "kwargsrepr")), "a header would tell the arguments"
        self.sent.append(message)
        self._waiting.put(message)

    def work(self, quiet: float = 3.0) -> None:
        """Runs the scheduler and every task that is sent, until nothing came for `quiet` seconds."""
        urls = {name: self._url(name) for name in self.suite.services}
        scheduler = Scheduler(urls, CONSUMERS, self._celery)
        running = threading.Thread(target=scheduler.run)
        running.start()
        try:
            while True:
                message = self._waiting.get(timeout=quiet)
                self._celery.tasks[message.task](**json.loads(message.payload))
        except queue.Empty:
            return
        finally:
            scheduler.stop()
            running.join()

    def _url(self, name: str) -> str:
        return self.suite.services[name].database.engine.url.render_as_string(hide_password=False)
