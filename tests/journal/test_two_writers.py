"""Two teachers of one course type at once into the same few cells: what comes of it is what one after the other
would have made, and each is told what became of each operation."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from services.common.db import Scope
from tests.support.school import YEAR_START, Class, School, good, make_class
from tests.support.suite import Api

ROUNDS = 5
A_ROUND = 50
LEAST_ON_CHANGED = 100

Place = tuple[str, str, int]
"""Pupil, lesson (attendance) or line item (mark), slot."""


@dataclass(frozen=True)
class Content:
    """What stands in a cell."""

    symbol: str | None = None
    made_up: bool = False
    version: int = 0


EMPTY = Content()


@dataclass
class Sent:
    """One operation on its way and what was said of it."""

    author: str
    body: dict[str, Any]
    place: Place
    kind: str
    verdict: str = ""
    version: int = 0
    conflict: dict[str, Any] = field(default_factory=dict)
    request_id: str = ""

    @property
    def wished(self) -> tuple[str | None, bool]:
        symbol = self.body["symbol"]
        return symbol, bool(symbol and self.body.get("made_up"))


@dataclass
class Model:
    """The rules of the page for one writer after another, said once more and as simply as can be."""

    lesson_of: dict[str, str]
    """Line item to lesson."""
    cells: dict[Place, Content] = field(default_factory=dict)

    def verdict(self, sent: Sent) -> str:
        before = self.cells.get(sent.place, EMPTY)
        symbol, made_up = sent.wished
        if (symbol, made_up) == (before.symbol, before.made_up):
            return "unchanged"
        if symbol is not None and self._forbidden(sent.place, symbol, made_up):
            return "refused"
        base = sent.body["base_version"]
        holds = before.symbol is None if base is None else base == before.version
        return "changed" if holds else "conflict"

    def _forbidden(self, place: Place, symbol: str, made_up: bool) -> bool:
        student, target, _ = place
        if target not in self.lesson_of:
            marks = [c for (s, t, _), c in self.cells.items() if s == student and self.lesson_of.get(t) == target]
            return symbol == "Н" and any(c.symbol is not None and not c.made_up for c in marks)
        absent = self.cells.get((student, self.lesson_of[target], 0), EMPTY).symbol == "Н"
        return absent and not made_up

    def change(self, sent: Sent) -> None:
        version = self.cells.get(sent.place, EMPTY).version + 1
        self.cells[sent.place] = Content(*sent.wished, version)


@dataclass
class Writer:
    """A teacher who reads the page, types fifty times, and reads it again."""

    name: str
    person_id: str
    api: Api
    path: str
    places: list[tuple[str, Place]]
    chance: random.Random
    barrier: threading.Barrier
    sent: list[Sent] = field(default_factory=list)
    seen: dict[Place, int] = field(default_factory=dict)

    def write(self) -> list[Sent]:
        for _ in range(ROUNDS):
            self.barrier.wait()
            self.seen = {place: content.version for place, content in read(self.api, self.path).items()}
            self.barrier.wait()
            left = A_ROUND
            while left:
                call = self._some(min(left, self.chance.randint(1, 4)))
                left -= len(call)
                self._send(call)
        return self.sent

    def _some(self, count: int) -> list[Sent]:
        """Operations on different cells; now and then one that was sent before, as it was or with other content."""
        chosen: dict[Place, Sent] = {}
        applied = [one for one in self.sent if one.verdict == "applied"]
        while len(chosen) < count:
            luck = self.chance.random()
            if applied and luck < 0.12:
                old = self.chance.choice(applied)
                again = Sent(self.name, dict(old.body), old.place, "again")
                if luck < 0.03:
                    again = Sent(self.name, old.body | {"base_version": 900_000}, old.place, "reused")
            else:
                kind, place = self.chance.choice(self.places)
                again = Sent(self.name, self._operation(kind, place), place, "new")
            if again.body["op_id"] not in {one.body["op_id"] for one in chosen.values()}:
                chosen.setdefault(again.place, again)
        return list(chosen.values())

    def _operation(self, kind: str, place: Place) -> dict[str, Any]:
        student, target, slot = place
        body: dict[str, Any] = {
            "op_id": str(uuid.uuid4()),
            "student_id": student,
            "slot": slot,
            "base_version": self.seen.get(place),
        }
        if kind == "attendance":
            return body | {"lesson_id": target, "symbol": self.chance.choice(["Н", "ОП", "ОСВ", None])}
        symbol = self.chance.choice(["2", "3", "4", "5", None])
        return body | {"line_item_id": target, "symbol": symbol, "made_up": self.chance.random() < 0.3}

    def _send(self, call: list[Sent]) -> None:
        response = self.api.patch(self.path, {"operations": [one.body for one in call]})
        answer = good(response)
        applied = dict(answer["applied"])
        conflicts = {one["op_id"]: one for one in answer["conflicts"]}
        refused = {one["op_id"]: one["problem"] for one in answer["refused"]}
        assert len(applied) + len(conflicts) + len(refused) == len(call)
        for one in call:
            op_id, one.request_id = one.body["op_id"], response.headers["X-Request-Id"]
            if op_id in applied:
                one.verdict, one.version = "applied", applied[op_id]
                # What was cleared reads as empty; a person who types on knows the version of his own clearing.
                self.seen[one.place] = max(one.version, self.seen.get(one.place) or 0)
            elif op_id in conflicts:
                one.verdict, one.conflict = "conflict", conflicts[op_id]
            else:
                one.verdict = refused[op_id]
            self.sent.append(one)


def read(api: Api, path: str) -> dict[Place, Content]:
    """Filled cells of the page."""
    page = good(api.get(path))
    lessons = [lesson["id"] for lesson in page["lessons"]]
    found = {}
    for row, column, slot, symbol, version, flags in page["cells"]:
        shown = page["columns"][column]
        target = lessons[shown["lesson"]] if shown["kind"] == "attendance" else shown["line_item_id"]
        found[page["students"][row]["id"], target, slot] = Content(symbol, bool(flags & MADE_UP), version)
    return found


MADE_UP = 2


@pytest.fixture(autouse=True)
def _fixed_day() -> Any:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@dataclass
class Shared:
    """A course of two teachers."""

    taught: Class
    path: str
    lesson_of: dict[str, str]
    teachers: dict[str, tuple[str, Api]]
    """Short name to person and bearer."""


@pytest.fixture
def shared(school: School) -> Shared:
    taught = make_class(school, pupils=2)
    journal = school.journal()
    people = {
        f"{last}\u00a0{first[0]}.": school.person(["staff"], last, first)
        for last, first in (("Яковлева", "Нина"), ("Юсупова", "Зера"))
    }
    subject = good(journal.post("/subjects", {"name": "Геометрия"}), 201)["id"]
    teachers = [{"person_id": person, "from": YEAR_START} for person in people.values()]
    body = {"class_id": taught.class_id, "subject_id": subject, "teachers": teachers}
    course = good(journal.post("/courses", body), 201)["id"]
    planned = {"dates": ["2026-11-16", "2026-11-18"], "number": 3}
    lessons = good(journal.post(f"/courses/{course}/lessons", planned), 201)["items"]
    apis = {name: (person, school.journal(school.sign_in(person))) for name, person in people.items()}
    path = f"/courses/{course}/page"
    wishes = [
        {"op_id": str(uuid.uuid4()), "lesson_id": lesson["id"], "work_type": "answer", "ordinal": 0}
        for lesson in lessons
    ]
    _, first = next(iter(apis.values()))
    made = good(first.patch(path, {"line_items": wishes, "operations": []}))["line_items"]
    return Shared(taught, path, {made[wish["op_id"]]: wish["lesson_id"] for wish in wishes}, apis)


def places_of(shared: Shared) -> list[tuple[str, Place]]:
    """Every cell: two marks for each answer, one letter for each lesson."""
    students = shared.taught.students
    marks = [("mark", (s, item, slot)) for s in students for item in shared.lesson_of for slot in (0, 1)]
    return marks + [("attendance", (s, lesson, 0)) for s in students for lesson in shared.lesson_of.values()]


def log_of(shared: Shared) -> dict[str, set[tuple[Place, str]]]:
    """Cell and author of each change by call, in the order in which the database wrote the calls down."""
    service = shared.taught.school.suite.services["journal"]
    with service.database.read(Scope(school_id=shared.taught.school.id)) as session:
        rows = session.execute(
            sa.text(
                "SELECT CAST(coalesce(m.student_id, a.student_id) AS text),"
                " CAST(coalesce(m.line_item_id, a.lesson_id) AS text), coalesce(m.slot, 0), l.actor, l.request_id"
                " FROM change_log l LEFT JOIN mark m ON l.object = 'mark' AND m.id = l.object_id"
                " LEFT JOIN attendance a ON l.object = 'attendance' AND a.id = l.object_id"
                " WHERE l.object IN ('mark', 'attendance') ORDER BY l.id"
            )
        ).all()
    calls: dict[str, set[tuple[Place, str]]] = {}
    for student, target, slot, actor, request_id in rows:
        calls.setdefault(request_id, set()).add(((student, target, slot), actor.removeprefix("person:")))
    return calls


def replay(shared: Shared, sent: list[Sent]) -> tuple[Model, dict[tuple[Place, int], Sent]]:
    """The model after every call that changed something, in the log's order, and which operation made which
    version. Of each such call every operation must have been told what the model says."""
    person_of = {name: person for name, (person, _) in shared.teachers.items()}
    model = Model(shared.lesson_of)
    makers: dict[tuple[Place, int], Sent] = {}
    for request_id, logged in log_of(shared).items():
        made = set()
        for one in (one for one in sent if one.request_id == request_id and one.kind == "new"):
            verdict = model.verdict(one)
            assert one.verdict in TOLD[verdict], (one, model.cells.get(one.place))
            if verdict == "changed":
                model.change(one)
                makers[one.place, model.cells[one.place].version] = one
                made.add((one.place, person_of[one.author]))
            if one.verdict == "applied":
                assert one.version == model.cells.get(one.place, EMPTY).version
        assert made == logged
    for one in sent:
        if one.verdict == "applied":
            # All others said what stood there, or had been sent before.
            stood = makers[one.place, one.version].wished if one.version else (None, False)
            assert one.wished == stood
    return model, makers


TOLD = {
    "unchanged": {"applied"},
    "changed": {"applied"},
    "conflict": {"conflict"},
    "refused": {"absent", "has-mark"},
}
"""What the model decides to what a writer is told."""


@pytest.mark.timeout(300)
def test_two_writers_at_once_make_what_one_after_the_other_would(
    shared: Shared, record_property: Callable[[str, object], None]
) -> None:
    barrier = threading.Barrier(len(shared.teachers), timeout=120)
    writers = [
        Writer(name, person, api, shared.path, places_of(shared), random.Random(number), barrier)
        for number, (name, (person, api)) in enumerate(shared.teachers.items())
    ]
    with ThreadPoolExecutor(len(writers)) as pool:
        sent = [one for done in [pool.submit(writer.write) for writer in writers] for one in done.result()]

    assert len(sent) == 500
    verdicts = Counter(one.verdict for one in sent)
    assert set(verdicts) == {"applied", "conflict", "absent", "has-mark", "op-id-reused"}
    for one in sent:
        assert (one.verdict == "op-id-reused") == (one.kind == "reused")
        if one.kind == "again":
            assert one.verdict == "applied"

    model, makers = replay(shared, sent)
    reader = next(iter(shared.teachers.values()))[1]
    assert read(reader, shared.path) == {p: c for p, c in model.cells.items() if c.symbol is not None}

    by_the_other = 0
    for one in sent:
        if one.verdict != "conflict":
            continue
        maker = makers[one.place, one.conflict["version"]]
        base = one.body["base_version"]
        assert one.conflict["symbol"] == maker.wished[0]
        assert one.conflict["author"] == maker.author
        assert base != one.conflict["version"]
        assert one.wished != maker.wished
        by_the_other += maker.author != one.author
    cleared = [maker for maker in makers.values() if maker.wished[0] is None]
    second_slots = [maker for maker in makers.values() if maker.place[2] == 1]
    counted = {"conflicts by the other": by_the_other, "clears": len(cleared), "second marks": len(second_slots)}
    record_property("operations", {**verdicts, **counted})
    assert by_the_other >= LEAST_ON_CHANGED, verdicts
    assert len(cleared) >= 20
    assert len(second_slots) >= 20
