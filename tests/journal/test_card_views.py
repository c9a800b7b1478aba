"""The log of access: who looked at whose personal card."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import sqlalchemy as sa

from services.common.db import Scope
from tests.support.school import YEAR_START, School, good, make_class, make_school


def _views(school: School, **asked: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return list(good(school.journal().get(f"/card-views?{query}"))["items"])


def test_each_look_at_somebody_elses_card_is_kept(school: School) -> None:
    taught = make_class(school)
    leader = school.person(["staff"], "Ветрова", "Анна")
    good(school.journal().put(f"/classes/{taught.class_id}/class-teacher", {"person_id": leader, "from": YEAR_START}))
    pupil, other = taught.students[:2]
    hers = school.journal(school.sign_in(leader))
    before = {one["id"] for one in _views(school)}
    for person in (pupil, other, pupil):
        good(hers.get(f"/people/{person}"))
    good(hers.get(f"/people/{leader}"))
    good(school.journal().get(f"/people/{leader}"))
    stranger = school.person(["staff"], "Гроза", "Яна")
    assert hers.get(f"/people/{stranger}").status_code == 404
    kept = [one for one in _views(school) if one["id"] not in before]
    assert [(one["viewer_id"], one["person_id"]) for one in kept] == [
        (str(school.admin_id), leader), (leader, pupil), (leader, other), (leader, pupil),
    ], "the latest first, not one's own, not what was refused"  # fmt: skip
    assert kept[1]["viewer"] == "Ветрова Анна"
    assert [one["person_id"] for one in _views(school, viewer=leader, person=other)] == [other]
    assert _views(school, **{"from": "2026-01-01", "to": "2026-01-02"}) == []
    first = good(school.journal().get("/card-views?limit=2"))
    assert good(school.journal().get(f"/card-views?limit=2&cursor={first['next']}"))["items"][0] == kept[2]


def test_the_log_leaves_as_a_table(school: School) -> None:
    pupil = school.person(["student"], "Ларина", "Вера")
    good(school.journal().get(f"/people/{pupil}"))
    answer = school.journal().get("/card-views/export")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["Когда", "Кто смотрел", "Чью карточку"]
    assert rows[1][2] == "Ларина Вера"


@pytest.mark.parametrize(("kind", "status"), [("director", 200), ("deputy", 403), ("secretary", 403), ("medic", 403)])
def test_who_reads_the_log(school: School, kind: str, status: int) -> None:
    person = school.person(["staff"], "Ветрова", "Анна")
    school.suite.deliver()
    good(school.accounts().post("/roles", {"person_id": person, "kind": kind, "from": YEAR_START}), 201)
    api = school.journal(school.sign_in(person))
    assert {api.get(path).status_code for path in ("/card-views", "/card-views/export")} == {status}


def test_of_another_school_there_is_nothing(school: School) -> None:
    other = make_school(school.suite)
    pupil = other.person(["student"], "Ларина", "Вера")
    good(other.journal().get(f"/people/{pupil}"))
    assert _views(school, person=pupil) == []


@pytest.mark.parametrize("query", ["from=2026-02-02&to=2026-02-01", "from=yesterday", "viewer=me", "limit=0"])
def test_senseless_questions_are_refused(school: School, query: str) -> None:
    assert school.journal().get(f"/card-views?{query}").status_code == 422


def test_the_application_cannot_change_or_remove_an_entry(school: School) -> None:
    pupil = school.person(["student"], "Ларина", "Вера")
    good(school.journal().get(f"/people/{pupil}"))
    database = school.suite.services["journal"].database
    for statement in ("UPDATE card_view SET at = now()", "DELETE FROM card_view", "TRUNCATE card_view"):
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied|no order destroys this row"),
            database.transaction(Scope(school_id=school.id, actor="test")) as session,
        ):
            session.execute(sa.text(statement))
    assert len(_views(school, person=pupil)) == 1
