"""Teachers' hands: numbered marks at a steady rate, each sent again until it is answered."""

from __future__ import annotations

import itertools
import random
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.support.running import Front
from tests.system.ledger.families import COLUMNS, ClassOfFamilies

THREADS = 8
ANSWER_SECONDS = 10.0
"""A person who waits longer types the key again."""
PATIENCE = 300.0


@dataclass(frozen=True)
class NumberedMark:
    """One line of the ledger: the number is the mark's comment."""

    number: int
    course: str
    student_id: str
    ordinal: int
    symbol: str
    path: str
    body: dict[str, Any]


def numbered_marks(taught: ClassOfFamilies, count: int, chance: random.Random) -> list[NumberedMark]:
    """`count` marks of the class, each in a cell of its own, in random order."""
    cells = list(itertools.product(taught.courses, range(COLUMNS), taught.families))
    chance.shuffle(cells)
    made = []
    for number, (course, ordinal, family) in enumerate(cells[:count], start=1):
        item = {"op_id": str(uuid.uuid4()), "lesson_id": course.lessons[0], "work_type": "answer", "ordinal": ordinal}
        operation = {
            "op_id": str(uuid.uuid4()),
            "student_id": family.student_id,
            "line_item_op": item["op_id"],
            "symbol": chance.choice("2345"),
            "comment": f"{number}",
            "base_version": None,
        }
        body = {"line_items": [item], "operations": [operation]}
        mark = NumberedMark(number, course.course, family.student_id, ordinal, operation["symbol"], course.page, body)
        made.append(mark)
    return made


class UnansweredError(Exception):
    """The suite did not come back in time, or answered what nobody expects."""


class Caller:
    """One connection that persists: what is not answered, or told to come again, is sent again unchanged."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._client = httpx2.Client(timeout=ANSWER_SECONDS, trust_env=False)
        self.retries = 0

    def persistently(self, method: str, path: str, token: str, body: Any) -> Any:
        """The JSON of a 200. Raises UnansweredError."""
        url = f"{self._front.urls[path.partition('/')[0]]}/api/{path}"
        headers = {"Authorization": f"Bearer {token}"}
        deadline = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < deadline:
            try:
                answer = self._client.request(method, url, headers=headers, json=body)
            except httpx2.TransportError as error:
                said = type(error).__name__
            else:
                if answer.status_code == 200:
                    return answer.json()
                said = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code < 500 and answer.status_code != 429:
                    break
            self.retries += 1
            time.sleep(0.3)
        raise UnansweredError(f"{method} {path}: {said}")

    def close(self) -> None:
        self._client.close()


class Writers:
    """Threads that work off the ledger at `rate` marks a second."""

    def __init__(self, taught: ClassOfFamilies, marks: Sequence[NumberedMark], rate: float) -> None:
        self._token = taught.world.teacher
        self._front = taught.world.front
        self._waiting = iter(marks)
        self._rate = rate
        self._count = len(marks)
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write) for _ in range(THREADS)]
        self._began = 0.0
        self.acknowledged: dict[int, float] = {}
        """By number, when the mark was answered as applied, in seconds since the epoch."""
        self.errors: list[Exception] = []
        self.retries = 0

    def start(self) -> None:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def have_ended(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Waits until every mark is answered, or somebody gave up."""
        for thread in self._threads:
            thread.join()

    def _next(self) -> NumberedMark | None:
        with self._lock:
            return next(self._waiting, None) if not self.errors else None

    def _write(self) -> None:
        caller = Caller(self._front)
        try:
            while (mark := self._next()) is not None:
                time.sleep(max(0.0, self._began + mark.number / self._rate - time.monotonic()))
                answer = caller.persistently("PATCH", mark.path, self._token, mark.body)
                if len(answer["applied"]) != 1:
                    raise UnansweredError(f"mark {mark.number} was not applied: {answer}")
                self.acknowledged[mark.number] = time.time()
        except (UnansweredError, KeyError) as error:
            self.errors.append(error)
        finally:
            caller.close()
            with self._lock:
                self.retries += caller.retries
