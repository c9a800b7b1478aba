"""The journal page: what a teacher types stays, and nobody's mark is overwritten unseen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from services.common.db import Scope
from services.journal.marks.schemas import JournalPage, PageAnswer
from tests.support.school import Class, School, good, make_class, make_school
from tests.support.suite import Suite

NOW = "2026-11-25T09:00:00+00:00"


@pytest.fixture(scope="module", autouse=True)
def _fixed_day() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def classroom(suite: Suite, _fixed_day: None) -> Class:
    return make_class(make_school(suite))


@pytest.fixture
def taught(classroom: Class) -> Class:
    """A course of this test's own, in the class of all of them."""
    return classroom.another_course(f"Предмет {uuid.uuid4().hex[:8]}")


def op(student: str, symbol: str | None, base: int | None = None, **more: Any) -> dict[str, Any]:
    return {"op_id": str(uuid.uuid4()), "student_id": student, "symbol": symbol, "base_version": base, **more}


def column(lesson: str, work_type: str = "answer") -> dict[str, Any]:
    return {"op_id": str(uuid.uuid4()), "lesson_id": lesson, "work_type": work_type, "ordinal": 0}


def patch(taught: Class, operations: list[dict[str, Any]], line_items: Any = (), status: int = 200) -> Any:
    body = {"line_items": list(line_items), "operations": operations}
    return good(taught.teacher.patch(f"/courses/{taught.course_id}/page", body), status)


def page(taught: Class) -> Any:
    return good(taught.teacher.get(f"/courses/{taught.course_id}/page"))


def mark(taught: Class, symbol: str | None = "5", base: int | None = None, student: int = 0, **more: Any) -> Any:
    """One mark for an answer in the first lesson."""
    item = column(taught.lessons[0])
    return patch(taught, [op(taught.students[student], symbol, base, line_item_op=item["op_id"], **more)], [item])


def test_a_mark_is_typed_and_read(taught: Class) -> None:
    answer = mark(taught, "5")
    assert [version for _, version in answer["applied"]] == [1]
    assert (answer["conflicts"], answer["refused"]) == ([], [])
    assert answer["averages"] == {taught.students[0]: "5.00"}
    shown = page(taught)
    marks = shown["columns"].index(next(c for c in shown["columns"] if c["kind"] == "marks"))
    assert shown["cells"] == [[0, marks, 0, "5", 1, 0]]
    assert shown["averages"] == ["5.00", None, None]
    assert shown["version"] == answer["version"]


def test_the_answers_keep_to_their_schemas(taught: Class) -> None:
    answer = mark(taught, "5")
    assert JournalPage().load(page(taught))
    assert PageAnswer().load(answer)


def test_the_same_operation_twice_is_applied_once(taught: Class) -> None:
    item = column(taught.lessons[0])
    body = {"line_items": [item], "operations": [op(taught.students[0], "4", line_item_op=item["op_id"])]}
    path = f"/courses/{taught.course_id}/page"
    first, second = good(taught.teacher.patch(path, body)), good(taught.teacher.patch(path, body))
    assert first["applied"] == second["applied"]
    assert len([c for c in page(taught)["columns"] if c["kind"] == "marks"]) == 1


def test_an_operation_id_with_other_content_is_refused(taught: Class) -> None:
    item = column(taught.lessons[0])
    first = op(taught.students[0], "4", line_item_op=item["op_id"])
    patch(taught, [first], [item])
    assert patch(taught, [first | {"symbol": "3"}], [item])["refused"] == [
        {"op_id": first["op_id"], "problem": "op-id-reused"}
    ]


def test_a_stale_cell_is_a_conflict_with_the_others_value_and_author(taught: Class) -> None:
    mark(taught, "5")
    mark(taught, "4", base=1)
    answer = mark(taught, "3", base=1)
    assert answer["applied"] == []
    assert [(c["symbol"], c["version"], c["author"]) for c in answer["conflicts"]] == [
        ("4", 2, "Османова\u00a0Л.\u00a0Р.")
    ]


def test_equal_content_is_applied_whatever_the_base(taught: Class) -> None:
    mark(taught, "5")
    assert [v for _, v in mark(taught, "5", base=None)["applied"]] == [1]


def test_a_cleared_cell_reads_as_empty_and_counts_on(taught: Class) -> None:
    mark(taught, "5")
    mark(taught, None, base=1)
    assert page(taught)["cells"] == []
    assert [v for _, v in mark(taught, "4", base=None)["applied"]] == [3]


def test_two_marks_stand_in_one_cell(taught: Class) -> None:
    mark(taught, "5")
    mark(taught, "4", slot=1)
    assert [(cell[2], cell[3]) for cell in page(taught)["cells"]] == [(0, "5"), (1, "4")]
    assert page(taught)["averages"][0] == "4.50"


@pytest.mark.parametrize("symbol", ["6", "пять", "Н", "55"])
def test_what_is_not_on_the_scale_is_refused(taught: Class, symbol: str) -> None:
    assert [r["problem"] for r in mark(taught, symbol)["refused"]] == ["not-on-scale"]


def test_attendance_is_typed_by_letters_into_the_lesson(taught: Class) -> None:
    letters = ["н", "ОП", "ОСВ"]
    operations = [op(s, c, lesson_id=taught.lessons[0]) for s, c in zip(taught.students, letters, strict=True)]
    assert len(patch(taught, operations)["applied"]) == 3
    assert [cell[3] for cell in page(taught)["cells"]] == ["Н", "ОП", "ОСВ"]


def test_who_was_absent_gets_a_mark_only_when_it_was_made_up(taught: Class) -> None:
    patch(taught, [op(taught.students[0], "Н", lesson_id=taught.lessons[0])])
    assert [r["problem"] for r in mark(taught, "5")["refused"]] == ["absent"]
    assert len(mark(taught, "5", made_up=True)["applied"]) == 1
    # Nor can such a mark be said not to have been made up after all.
    assert [r["problem"] for r in mark(taught, "5", 1, made_up=False)["refused"]] == ["absent"]
    assert len(mark(taught, "5", 1, comment="сдал")["applied"]) == 1
    shown = page(taught)
    commented = next(cell for cell in shown["cells"] if cell[3] == "5")
    assert shown["comments"] == [[*commented[:3], "сдал"]]


def test_attendance_has_no_flag_of_a_mark(taught: Class) -> None:
    told = {"lesson_id": taught.lessons[0], "made_up": True, "comment": "сдал"}
    assert [version for _, version in patch(taught, [op(taught.students[0], "Н", **told)])["applied"]] == [1]
    assert [version for _, version in patch(taught, [op(taught.students[0], "Н", 1, **told)])["applied"]] == [1]


def test_who_has_a_mark_was_not_absent(taught: Class) -> None:
    mark(taught, "5")
    answer = patch(taught, [op(taught.students[0], "Н", lesson_id=taught.lessons[0])])
    assert [r["problem"] for r in answer["refused"]] == ["has-mark"]


def test_a_lesson_to_come_cannot_be_marked(classroom: Class) -> None:
    taught = classroom.another_course("Черчение", days=("2026-12-01",))
    assert [r["problem"] for r in mark(taught)["refused"]] == ["not-editable"]
    assert [lesson["editable"] for lesson in page(taught)["lessons"]] == [False]


def test_a_closed_period_cannot_be_marked(school: School) -> None:
    taught = make_class(school)
    journal = taught.school.journal()
    periods = good(journal.get("/periods?grade=8"))["items"]
    second = next(p for p in periods if p["title"] == "II четверть")
    good(journal.post(f"/periods/{second['id']}/close"))
    assert [r["problem"] for r in mark(taught)["refused"]] == ["period-closed"]


def test_somebody_elses_line_item_is_unknown_here(taught: Class) -> None:
    course_id = taught.another_course("Физика").course_id
    item = {"work_type": "test", "date": "2026-11-20"}
    other = good(taught.teacher.post(f"/courses/{course_id}/line-items", item), 201)["id"]
    answer = patch(taught, [op(taught.students[0], "5", line_item_id=other)])
    assert [r["problem"] for r in answer["refused"]] == ["unknown-target"]


def test_a_pupil_of_another_class_is_no_member(taught: Class) -> None:
    stranger = taught.school.person(["student"], "Чужой", "Пётр")
    item = column(taught.lessons[0])
    answer = patch(taught, [op(stranger, "5", line_item_op=item["op_id"])], [item])
    assert [r["problem"] for r in answer["refused"]] == ["not-a-member"]


def test_two_operations_on_one_cell_are_refused_whole(taught: Class) -> None:
    item = column(taught.lessons[0])
    operations = [op(taught.students[0], s, line_item_op=item["op_id"]) for s in "54"]
    body = {"line_items": [item], "operations": operations}
    answer = taught.teacher.patch(f"/courses/{taught.course_id}/page", body)
    assert answer.status_code == 422
    assert page(taught)["cells"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"operations": [{"op_id": "x"}]}, "/operations/0/op_id"),
        ({"operations": "all"}, "/operations"),
        ({"operations": [], "more": 1}, "/more"),
        ({}, "/operations"),
    ],
)
def test_malformed_changes_are_pointed_at(taught: Class, body: dict[str, Any], pointer: str) -> None:
    answer = taught.teacher.patch(f"/courses/{taught.course_id}/page", body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert pointer in {error["pointer"] for error in answer.json["errors"]}


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 20_000, b'{"operations": "\xff"}', b'{"line_items": NaN}', b"\x00"], ids=range(5)
)
def test_broken_json_is_400(taught: Class, body: bytes) -> None:
    answer = taught.teacher.call(
        "PATCH", f"/courses/{taught.course_id}/page", data=body, content_type="application/json"
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_another_media_type_is_415(taught: Class) -> None:
    answer = taught.teacher.call("PATCH", f"/courses/{taught.course_id}/page", data=b"operations=1")
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")


@pytest.mark.parametrize("version", [2**31, 2**63, -1, 1.5, "1e9"])
def test_an_absurd_version_is_422(taught: Class, version: Any) -> None:
    operation = op(taught.students[0], "5", version, lesson_id=taught.lessons[0])
    answer = taught.teacher.patch(f"/courses/{taught.course_id}/page", {"operations": [operation]})
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == ["/operations/0/base_version"]


def test_an_unknown_parameter_is_refused(taught: Class) -> None:
    answer = taught.teacher.get(f"/courses/{taught.course_id}/page?form=2026-09-01")
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == ["/form"]


def test_an_unchanged_page_is_304(taught: Class) -> None:
    path = f"/courses/{taught.course_id}/page"
    etag = taught.teacher.get(path).headers["ETag"]
    assert taught.teacher.get(path, headers={"If-None-Match": etag}).status_code == 304
    mark(taught, "5")
    assert taught.teacher.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_administrator_reads_and_may_not_write(taught: Class) -> None:
    journal = taught.school.journal()
    path = f"/courses/{taught.course_id}/page"
    assert journal.get(path).status_code == 200
    assert journal.patch(path, {"operations": []}).status_code == 403


def test_a_teacher_of_nothing_here_does_not_find_the_course(taught: Class) -> None:
    other = taught.school.person(["staff"], "Белова", "Дарья", position="учитель")
    api = taught.school.journal(taught.school.sign_in(other))
    path = f"/courses/{taught.course_id}/page"
    assert api.get(path).status_code == 404
    assert api.patch(path, {"operations": []}).status_code == 404


def test_another_school_does_not_find_the_course(taught: Class) -> None:
    other = make_school(taught.school.suite)
    assert other.journal().get(f"/courses/{taught.course_id}/page").status_code == 404


def test_without_a_token_nothing_is_shown(taught: Class) -> None:
    answer = taught.school.suite.api("journal").get(f"/courses/{taught.course_id}/page")
    assert answer.status_code == 401
    wrong = taught.school.journal("zh_" + "a" * 43).get(f"/courses/{taught.course_id}/page")
    assert wrong.status_code == 401


def test_every_change_of_a_mark_is_in_the_change_log(taught: Class) -> None:
    mark(taught, "5")
    mark(taught, "4", base=1)
    with taught.school.suite.services["journal"].database.read(Scope(school_id=taught.school.id)) as session:
        rows = session.execute(
            sa.text(
                "SELECT c.action, c.old ->> 'symbol', c.new ->> 'symbol', c.actor FROM change_log c"
                " JOIN mark m ON m.id = c.object_id WHERE c.object = 'mark' AND m.course_id = :course ORDER BY c.id"
            ),
            {"course": taught.course_id},
        ).all()
    actor = f"person:{taught.teacher_id}"
    assert [tuple(row) for row in rows] == [("insert", None, "5", actor), ("update", "5", "4", actor)]
