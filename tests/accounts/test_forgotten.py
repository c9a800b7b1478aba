"""A forgotten password: asked for without learning who exists, answered by the school's office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine

from services.accounts.edge import Accounts
from services.accounts.identities.rules import LOGIN_LENGTH, random_text
from services.accounts.sessions.rules import ADDRESS_RESETS
from services.common.db import new_id
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.accounts.test_sign_ins import work_of
from tests.support.suite import Api

RESET = "/passwords/reset"
NEW = "синий кит летит"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as traveller:
        yield traveller


def _login_of(api: Api) -> str:
    return str(ok(api.get("/me"))["account"]["login"])


def _asking(school: School, query: str = "") -> list[dict[str, object]]:
    listed = ok(school.admin.get(f"/access/pending?limit=200{query}"))["items"]
    return [one for one in listed if one["stage"] == "asks"]


def test_the_answer_is_the_same_whoever_exists(school: School, from_web: dict[str, str]) -> None:
    waiting = ok(school.admin.post("/credentials", {"person_ids": [str(school.person("staff"))]}), 201)["items"][0]
    answers = [
        school.api().post(RESET, {"login": login}, headers=from_web)
        for login in (school.made.login, random_text(LOGIN_LENGTH), waiting["login"], "не логин")
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}
    shown = {name: value for name, value in answers[0].headers.items() if name != "X-Request-Id"}
    assert all({n: v for n, v in a.headers.items() if n != "X-Request-Id"} == shown for a in answers)
    assert [one["person_id"] for one in _asking(school)] == [str(school.made.person_id)]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("before", [0, 5])
def test_it_is_the_same_work_whoever_exists(
    school: School, service: Accounts, monkeypatch: pytest.MonkeyPatch, from_web: dict[str, str], before: int
) -> None:
    work = []
    for login in (school.made.login, random_text(LOGIN_LENGTH)):
        for _ in range(before):
            ok(school.api().post(RESET, {"login": login}, headers=from_web), 202)
        with work_of(service, monkeypatch) as done:
            answer = school.api().post(RESET, {"login": login}, headers=from_web)
        assert answer.status_code == (202 if before == 0 else 429)
        work.append(done)
    assert work[0] == work[1]
    assert len(work[0]) > 3


def test_who_goes_through_many_logins_is_slowed_down(
    school: School, service: Accounts, from_web: dict[str, str], clock: time_machine.Traveller
) -> None:
    for _ in range(ADDRESS_RESETS):
        ok(school.api().post(RESET, {"login": random_text(LOGIN_LENGTH)}, headers=from_web), 202)
    problem(school.api().post(RESET, {"login": school.made.login}, headers=from_web), 429, "wait")
    assert _asking(school) == []
    body = {"login": school.made.login, "password": PASSWORD}
    ok(school.api().post("/sessions", body, headers=from_web), 201)
    clock.shift(dt.timedelta(minutes=10))
    ok(school.api().post(RESET, {"login": school.made.login}, headers=from_web), 202)


def test_the_office_sees_the_wish_and_answers_it_with_a_code(school: School, from_web: dict[str, str]) -> None:
    class_id, pupil = new_id(), school.person("student", name="Ларина Инна Львовна")
    school.enrolled(pupil, class_id)
    leader = school.person("staff", name="Ветрова Анна Ивановна")
    school.journal.leads[str(leader)] = [str(class_id)]
    teacher, inside = school.signed_in(leader), school.signed_in(pupil)
    login = _login_of(inside)
    assert ok(teacher.get(f"/access/pending?class={class_id}"))["items"] == []
    for _ in range(2):
        ok(school.api().post(RESET, {"login": f" {login.upper()} "}, headers=from_web), 202)
    seen = ok(teacher.get(f"/access/pending?class={class_id}"))["items"]
    assert [(one["person_id"], one["stage"], one["overdue"]) for one in seen] == [(str(pupil), "asks", False)]
    assert _asking(school, f"&class={class_id}") == seen
    counted = next(iter(ok(teacher.get("/access/summary"))["classes"]))
    assert (counted["waiting"], counted["asking"], counted["without_slip"]) == (0, 1, 0)
    ok(inside.get("/me"))
    body = {"login": login, "password": PASSWORD}
    code = ok(school.admin.post("/credentials", {"person_ids": [str(pupil)]}), 201)["items"][0]["code"]
    assert _asking(school) == []
    use = {"code": code, "password": NEW}
    api = school.api(ok(school.api().post("/credentials/activate", use, headers=from_web), 201)["token"])
    problem(inside.get("/sessions"), 401)
    problem(school.api().post("/sessions", body, headers=from_web), 401, "wrong-credentials")
    kinds = [one["kind"] for one in reversed(ok(api.get("/me/sign-ins"))["items"])]
    assert kinds == [
        "slip_used", "signed_in", "reset_asked", "reset_asked", "slip_used", "password_reset", "signed_in",
        "wrong_password",
    ]  # fmt: skip


def test_a_wish_that_waits_for_a_day_is_overdue(
    school: School, from_web: dict[str, str], clock: time_machine.Traveller
) -> None:
    ok(school.api().post(RESET, {"login": school.made.login}, headers=from_web), 202)
    other = school.person("staff")
    issued = ok(school.admin.post("/credentials", {"person_ids": [str(other)]}), 201)["items"][0]
    role = {"person_id": str(other), "kind": "administrator", "from": "2020-01-01"}
    ok(school.admin.post("/roles", role), 201)
    clock.shift(dt.timedelta(hours=25))
    used = school.api().post(
        "/credentials/activate", {"code": issued["code"], "password": PASSWORD}, headers=from_web
    )
    school.admin_token = ok(used, 201)["token"]
    assert [one["overdue"] for one in _asking(school)] == [True]


def test_who_remembers_asks_no_more(school: School, from_web: dict[str, str]) -> None:
    ok(school.api().post(RESET, {"login": school.made.login}, headers=from_web), 202)
    assert len(_asking(school)) == 1
    body = {"login": school.made.login, "password": PASSWORD}
    ok(school.api().post("/sessions", body, headers=from_web), 201)
    assert _asking(school) == []


def test_every_school_of_the_account_is_shown_the_wish(
    make_school: Callable[[], School], from_web: dict[str, str]
) -> None:
    first, second, third = make_school(), make_school(), make_school()
    teacher, guest = first.person("staff"), second.person("staff")
    login = _login_of(first.signed_in(teacher))
    code = ok(second.admin.post("/credentials", {"person_ids": [str(guest)]}), 201)["items"][0]["code"]
    joined = {"code": code, "password": PASSWORD, "login": login}
    ok(second.api().post("/credentials/activate", joined, headers=from_web), 201)
    ok(first.api().post(RESET, {"login": login}, headers=from_web), 202)
    assert [one["person_id"] for one in _asking(first)] == [str(teacher)]
    assert [one["person_id"] for one in _asking(second)] == [str(guest)]
    assert _asking(third) == []
