"""A class's year as one file: the same facts make the same file, and its moment is that of the last change."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import time_machine

from services.journal.snapshots.taking import Taken, snapshot_store, take
from tests.support.school import Class, School, good, make_class

NOW = "2026-11-25T09:00:00+00:00"


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def taught(school: School) -> Class:
    return make_class(school, pupils=2)


def taken(taught: Class) -> Taken:
    found = take(taught.school.suite.services["journal"], taught.school.id, "class_year", uuid.UUID(taught.class_id))
    assert found is not None
    return found


def document(taught: Class) -> Any:
    store = snapshot_store(taught.school.suite.services["journal"])
    return orjson.loads(gzip.decompress(store.get(taught.school.id, taken(taught).sha256)))


def quarter(taught: Class, title: str = "II четверть") -> str:
    periods = good(taught.school.journal().get("/periods?grade=8"))["items"]
    return next(str(one["id"]) for one in periods if one["title"] == title)


def give(taught: Class, student: int, symbol: str, **more: Any) -> None:
    """Sets a period mark."""
    cell = {"op_id": str(uuid.uuid4()), "student_id": taught.students[student], "symbol": symbol}
    body = {"operations": [cell | {"base_version": None} | more]}
    path = f"/courses/{taught.course_id}/period-marks?period={quarter(taught)}"
    assert len(good(taught.teacher.put(path, body))["applied"]) == 1


def absent(taught: Class, student: int, lesson: int = 0) -> None:
    cell = {"op_id": str(uuid.uuid4()), "student_id": taught.students[student], "symbol": "Н", "base_version": None}
    changed = {"line_items": [], "operations": [cell | {"lesson_id": taught.lessons[lesson]}]}
    assert len(good(taught.teacher.patch(f"/courses/{taught.course_id}/page", changed))["applied"]) == 1


def test_it_says_who_was_there_what_was_given_and_what_was_missed(taught: Class) -> None:
    give(taught, 0, "5")
    give(taught, 1, "н/а", reason="valid")
    absent(taught, 1)
    leader = {"person_id": taught.teacher_id, "from": "2026-09-01"}
    good(taught.school.journal().put(f"/classes/{taught.class_id}/class-teacher", leader))
    ill = {"student_id": taught.students[1], "from": "2026-11-16", "to": "2026-11-17", "reason": "ill"}
    good(taught.school.journal(taught.school.sign_in(taught.teacher_id)).post("/excuses", ill), 201)
    told = document(taught)
    name = {"last_name": "Османова", "first_name": "Лиля", "middle_name": "Рустемовна"}
    term = {"from": "2026-09-01", "to": None}
    assert [one["id"] for one in told["students"]] == taught.students
    assert told["students"][0]["terms"] == [term]
    assert told["class_teachers"] == [name | term]
    assert [(one["subject"], one["scale"], one["teachers"]) for one in told["courses"]] == [
        ("Алгебра", "five", [name | term])
    ]
    second = [one["id"] for one in told["periods"]].index(quarter(taught))
    assert told["period_marks"] == [[0, 0, second, "5", ""], [1, 0, second, "н/а", "valid"]]
    assert told["absences"] == [[1, 0, "2026-11-16", 2, "ill"]]
    assert (told["class"]["grade_level"], told["class"]["letter"]) == (8, "А")
    assert told["school"] == {"name": "Школа № 7", "zone": "Europe/Simferopol"}


def test_without_a_change_it_is_the_same_file(taught: Class) -> None:
    give(taught, 0, "5")
    first = taken(taught)
    with time_machine.travel("2026-11-26T09:00:00+00:00", tick=True):
        assert taken(taught) == first


@pytest.mark.parametrize("change", [lambda taught: give(taught, 1, "4"), lambda taught: absent(taught, 0)])
def test_a_change_of_what_it_says_makes_another_file_of_a_later_moment(taught: Class, change: Any) -> None:
    give(taught, 0, "5")
    first = taken(taught)
    change(taught)
    second = taken(taught)
    assert second.sha256 != first.sha256
    assert second.as_of > first.as_of


def test_what_it_does_not_say_leaves_it_as_it_was(taught: Class) -> None:
    give(taught, 0, "5")
    first = taken(taught)
    tag = {"If-Match": taught.teacher.get(f"/lessons/{taught.lessons[0]}").headers["ETag"]}
    good(taught.teacher.patch(f"/lessons/{taught.lessons[0]}", {"topic": "Дроби"}, headers=tag))
    assert taken(taught) == first


def test_of_a_foreign_class_there_is_none(taught: Class, suite: Any) -> None:
    service = taught.school.suite.services["journal"]
    assert take(service, uuid.uuid4(), "class_year", uuid.UUID(taught.class_id)) is None
