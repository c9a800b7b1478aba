"""Who leaves the staff is let in no more; what she wrote keeps her name."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
import time_machine

from services.common.clock import today_in
from tests.support.school import PASSWORD, YEAR_START, School, good, make_class, make_school

ZONE = "Europe/Simferopol"


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


def _mark(taught: object, student: str) -> dict[str, object]:
    item = {"op_id": str(uuid.uuid4()), "lesson_id": taught.lessons[0], "work_type": "answer", "ordinal": 0}  # type: ignore[attr-defined]
    operation = {"op_id": str(uuid.uuid4()), "student_id": student, "base_version": None, "symbol": "5"}
    return {"line_items": [item], "operations": [operation | {"line_item_op": item["op_id"]}]}


def test_a_teacher_who_leaves_is_shut_out_before_the_answer(school: School) -> None:
    taught = make_class(school)
    school.suite.deliver()
    role = {"person_id": taught.teacher_id, "kind": "deputy", "from": YEAR_START}
    good(school.accounts().post("/roles", role), 201)
    good(
        school.journal().put(
            f"/classes/{taught.class_id}/class-teacher", {"person_id": taught.teacher_id, "from": YEAR_START}
        )
    )
    path = f"/courses/{taught.course_id}/page"
    assert len(good(taught.teacher.patch(path, _mark(taught, taught.students[0])))["applied"]) == 1
    left = good(school.journal().post(f"/people/{taught.teacher_id}/leave", {}))
    assert left["left_on"] == str(today_in(ZONE))
    # Journal's own answer of a moment ago may still know the token: the rows refuse by themselves.
    assert taught.teacher.patch(path, _mark(taught, taught.students[1])).status_code in (401, 403, 404)
    theirs = school.accounts(school.tokens[taught.teacher_id])
    assert theirs.get("/me").status_code == 401
    assert all(one["to"] for one in good(school.accounts().get("/roles"))["items"] if one["kind"] == "deputy")
    course = good(school.journal().get(f"/courses/{taught.course_id}"))
    assert [(one["name"], one["to"]) for one in course["teachers"]] == [("Османова\xa0Л.\xa0Р.", left["left_on"])]
    page = good(school.journal().get(f"{path}?from=2026-11-01&to=2026-11-30"))
    assert page["cells"], "the mark stands"
    assert good(school.journal().post(f"/people/{taught.teacher_id}/leave", {}))["version"] == left["version"]


def test_who_comes_back_gets_a_new_slip_and_the_old_account(school: School) -> None:
    worker = school.person(["staff"], "Ветрова", "Анна")
    token = school.sign_in(worker)
    login = good(school.accounts(token).get("/me"))["account"]["login"]
    good(school.journal().post(f"/people/{worker}/leave", {"on": "2026-11-20"}))
    school.suite.deliver()
    refused = school.suite.api("accounts").post("/sessions", {"login": login, "password": PASSWORD})
    assert refused.status_code == 403
    assert good(school.journal().post(f"/people/{worker}/return", {}))["left_on"] is None
    school.suite.deliver()
    item = good(school.accounts().post("/credentials", {"person_ids": [worker]}), 201)["items"][0]
    assert item["login"] == login
    used = {"code": item["code"], "password": PASSWORD}
    again = good(school.suite.api("accounts").post("/credentials/activate", used), 201)
    assert good(school.accounts(again["token"]).get("/me"))["kinds"] == ["staff"]


def test_a_teacher_who_leaves_stays_a_pupils_mother(school: School) -> None:
    taught = make_class(school)
    mother = school.person(["staff", "guardian"], "Ветрова", "Анна")
    link = {"guardian_id": mother, "student_id": taught.students[0], "relation": "мать", "from": YEAR_START}
    good(school.journal().post("/guardianships", link), 201)
    token = school.sign_in(mother, child_birth_date="2012-03-01")
    login = good(school.accounts(token).get("/me"))["account"]["login"]
    good(school.journal().post(f"/people/{mother}/leave", {}))
    school.suite.deliver()
    school.suite.services["accounts"].authenticator.forget(token)
    assert school.accounts(token).get("/me").status_code == 401, "what was open is closed"
    again = good(school.suite.api("accounts").post("/sessions", {"login": login, "password": PASSWORD}), 201)
    asked = {"token": again["token"]}
    told = good(school.suite.api("accounts").internally("journal", "POST", "/internal/accounts/v1/introspect", asked))
    assert told["kinds"] == ["guardian"], "and no member of staff"


def test_the_last_administrator_stays(school: School) -> None:
    answer = school.journal().post(f"/people/{school.admin_id}/leave", {})
    assert answer.status_code == 409
    assert answer.json["type"].endswith("last-administrator")
    assert good(school.journal().get(f"/people/{school.admin_id}"))["left_on"] is None
    assert school.accounts().get("/me").status_code == 200


def test_what_cannot_be_ended_is_said(school: School) -> None:
    taught = make_class(school)
    later = school.person(["staff"], "Ветрова", "Анна")
    good(
        school.journal().put(f"/classes/{taught.class_id}/class-teacher", {"person_id": later, "from": "2026-12-01"})
    )
    tomorrow = str(today_in(ZONE) + dt.timedelta(days=1))
    cases = [
        (taught.students[0], {}, 409, "no-staff"),
        (later, {}, 409, "begins-later"),
        (taught.teacher_id, {"on": tomorrow}, 422, "unprocessable"),
        (taught.teacher_id, {"on": "1800-01-01"}, 422, "unprocessable"),
        (str(uuid.uuid4()), {}, 404, "not-found"),
        (make_school(school.suite).person(["staff"], "Чужой", "Олег"), {}, 404, "not-found"),
    ]
    for person, body, status, code in cases:
        answer = school.journal().post(f"/people/{person}/leave", body)
        assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (status, code), person
    assert good(school.journal().get(f"/people/{later}"))["left_on"] is None


@pytest.mark.parametrize("kind", ["director", "deputy", "secretary", "medic"])
def test_an_administrator_alone_ends_an_employment(school: School, kind: str) -> None:
    holder, worker = (school.person(["staff"], name, "Анна") for name in ("Ветрова", "Гроза"))
    school.suite.deliver()
    good(school.accounts().post("/roles", {"person_id": holder, "kind": kind, "from": YEAR_START}), 201)
    api = school.journal(school.sign_in(holder))
    for act in ("leave", "return"):
        assert api.post(f"/people/{worker}/{act}", {}).status_code == 403


def test_without_accounts_nothing_is_ended(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = school.person(["staff"], "Ветрова", "Анна")
    client = school.suite.services["journal"].client
    monkeypatch.setattr(client, "_silent_until", {"accounts": float("inf")})
    assert school.journal().post(f"/people/{worker}/leave", {}).status_code == 503
    monkeypatch.undo()
    assert good(school.journal().get(f"/people/{worker}"))["left_on"] is None
