"""What browsers and scripts say to the suite, one talk per connection, and the same to the yardstick."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from benchmarks.load import expect, request
from benchmarks.school import Desk, Parent
from benchmarks.statements import FRESH


class Reading:
    """The same GET again and again."""

    def __init__(self, path: str, header: str, at_least: int) -> None:
        self._request = request("GET", path, [header])
        self._at_least = at_least

    def ask(self) -> bytes:
        return self._request

    def hear(self, head: bytes, body: bytes) -> None:
        expect(head, b"200")
        assert len(body) >= self._at_least, f"only {len(body)} bytes"


def page(desk: Desk) -> Reading:
    return Reading(page_path(desk), bearer(desk.token), 2_000)


def html_page(desk: Desk) -> Reading:
    return Reading(f"/journal/{desk.course}?{desk.window}", f"Cookie: zhurnal={desk.token}", 10_000)


def diary_week(parent: Parent) -> Reading:
    return Reading(diary_path(parent), bearer(parent.token), 1_000)


def bearer(token: str) -> str:
    return f"Authorization: Bearer {token}"


def page_path(desk: Desk) -> str:
    return f"/api/journal/v1/courses/{desk.course}/page?{desk.window}"


def diary_path(parent: Parent) -> str:
    return f"/api/journal/v1/diary?student={parent.child}"


class Saving:
    """A mark for each pupil in a lesson, another one each time, on the version that the last answer gave."""

    def __init__(self, desk: Desk, lesson: int) -> None:
        self._desk, self._lesson = desk, desk.lessons[lesson]
        self._line_item: str | None = None
        self._versions: dict[str, int | None] = dict.fromkeys(map(str, desk.pupils))
        self._asked: dict[str, str] = {}
        self._turn = 0

    @property
    def path(self) -> str:
        return f"/api/journal/v1/courses/{self._desk.course}/page"

    def change(self) -> bytes:
        """The body of the next request."""
        self._turn += 1
        operations: list[Mapping[str, Any]] = []
        items = []
        if self._line_item is None:
            op_id = str(uuid.uuid4())
            items = [{"op_id": op_id, "lesson_id": self._lesson, "work_type": "project"}]
            target = {"line_item_op": op_id}
        else:
            target = {"line_item_id": self._line_item}
        self._asked = {}
        for student, version in self._versions.items():
            op_id = str(uuid.uuid4())
            self._asked[op_id] = student
            symbol = "45"[self._turn % 2]
            operations.append(
                {"op_id": op_id, "student_id": student, "symbol": symbol, "base_version": version, **target}
            )
        return orjson.dumps({"line_items": items, "operations": operations})

    def took(self, answer: Mapping[str, Any]) -> None:
        """What a request came to: everything applied."""
        assert len(answer["applied"]) == len(self._asked), (answer["conflicts"], answer["refused"])
        for op_id, version in answer["applied"]:
            self._versions[self._asked[op_id]] = version
        for line_item in answer["line_items"].values():
            self._line_item = line_item

    def ask(self) -> bytes:
        return request("PATCH", self.path, [bearer(self._desk.token)], self.change())

    def hear(self, head: bytes, body: bytes) -> None:
        expect(head, b"200")
        self.took(orjson.loads(body))


class CallingTheRoll:
    """Every pupil late, by other minutes each time."""

    def __init__(self, desk: Desk, lesson: int) -> None:
        self._desk, self._lesson = desk, desk.lessons[lesson]
        self._etag = ""
        self._turn = 0

    @property
    def path(self) -> str:
        return f"/api/journal/v1/lessons/{self._lesson}/attendance"

    def roll(self) -> bytes:
        self._turn += 1
        minutes = 1 + self._turn % 60
        entries = [{"student_id": p, "status": "late", "minutes_late": minutes} for p in self._desk.pupils]
        return orjson.dumps({"checked": True, "entries": entries})

    @property
    def precondition(self) -> str:
        """The header that says on what the roll rests."""
        return f"If-Match: {self._etag}" if self._etag else "If-None-Match: *"

    def took(self, etag: str) -> None:
        """The lesson's version, after a look or a write."""
        self._etag = etag

    def ask(self) -> bytes:
        return request("PUT", self.path, [bearer(self._desk.token), self.precondition], self.roll())

    def hear(self, head: bytes, _body: bytes, /) -> None:
        expect(head, b"200")
        at = head.lower().index(b"\r\netag:")
        self._etag = head[at + 7 :].split(b"\r\n", 1)[0].strip().decode()


class Yardstick:
    """The same to bare Flask: for writes the rows that change come in the body."""

    def __init__(self, kind: str, number: int, token: str, given: Sequence[Mapping[str, Any]] = ()) -> None:
        self._path, self._token = f"/{kind}/{number}", token
        self._given = given
        self._turn = 0

    def ask(self) -> bytes:
        if not self._given:
            return request("GET", self._path, [bearer(self._token)])
        self._turn += 1
        given = dict(self._given[self._turn % len(self._given)])
        if FRESH in given:
            given[FRESH] = [str(uuid.uuid4()) for _ in given[FRESH]]
        return request("POST", self._path, [bearer(self._token)], orjson.dumps(given))

    def hear(self, head: bytes, _body: bytes, /) -> None:
        expect(head, b"200")
