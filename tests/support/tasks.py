"""The tasks of all services without a queue: what is sent runs at once, in order, and is written down."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from celery import Celery

from tests.support.queue import TASKS, Message
from tests.support.suite import Suite


@dataclass
class Tasks:
    """Stands where services register their tasks and send others.

    No Celery of its own: tasks that one application of a process is given, every other one gets, too.
    """

    suite: Suite
    sent: list[Message] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)
    _known: dict[str, Callable[..., None]] = field(default_factory=dict)
    _waiting: deque[Message] = field(default_factory=deque)

    def __post_init__(self) -> None:
        for name, module in TASKS.items():
            module.register(cast(Celery, self), self.suite.services[name])

    def task(self, *, name: str, **_: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
        def known(function: Callable[..., None]) -> Callable[..., None]:
            assert name not in self._known
            self._known[name] = function
            return function

        return known

    def send_task(self, task: str, *, kwargs: dict[str, Any], queue: str, **_: Any) -> None:
        message = Message(task, json.dumps(kwargs, ensure_ascii=False))
        self.sent.append(message)
        self.queues.append(queue)
        self._waiting.append(message)

    def run(self, task: str, **arguments: Any) -> None:
        """Runs a task and whatever is sent meanwhile."""
        self._known[task](**arguments)
        while self._waiting:
            message = self._waiting.popleft()
            self._known[message.task](**json.loads(message.payload))
