"""Roles of the institution."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest

from services.common.clock import today_in
from services.common.db import new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import School

ZONE = "Europe/Simferopol"


def _role(school: School, person: uuid.UUID, kind: str = "medic", **more: object) -> dict[str, object]:
    return {"person_id": str(person), "kind": kind, "from": "2026-01-01", **more}


def test_a_role_works_from_its_first_day_to_before_its_last(school: School) -> None:
    today = today_in(ZONE)
    day = dt.timedelta(days=1)
    cases = [
        ("medic", today, None, True),
        ("secretary", today - day, today + day, True),
        ("director", today + day, None, False),
        ("deputy", today - day, today, False),
    ]
    person = school.person("staff")
    for kind, start, end, _ in cases:
        body = _role(school, person, kind) | {"from": str(start), "to": end and str(end)}
        ok(school.admin.post("/roles", body), 201)
    held = {role["kind"] for role in ok(school.signed_in(person).get("/me"))["roles"]}
    assert held == {kind for kind, _, _, works in cases if works}


def test_a_deputys_scope_reaches_the_others(school: School) -> None:
    class_id, person = new_id(), school.person("staff")
    scope = {"classes": [str(class_id)], "directions": ["lessons", "mark_density"]}
    ok(school.admin.post("/roles", _role(school, person, "deputy", **scope)), 201)
    token = school.signed_in(person).token
    asked = school.api().internally("journal", "POST", "/internal/accounts/v1/introspect", {"token": token})
    assert ok(asked)["roles"] == [{"kind": "deputy", **scope}]


def test_the_same_role_twice_at_once_is_refused_by_the_database(school: School) -> None:
    person = school.person("staff")
    ok(school.admin.post("/roles", _role(school, person, to="2026-06-01")), 201)
    problem(school.admin.post("/roles", _role(school, person) | {"from": "2026-05-31"}), 409, "role-held")
    ok(school.admin.post("/roles", _role(school, person) | {"from": "2026-06-01"}), 201)


def test_a_role_asked_for_again_by_its_id_is_the_same_role(school: School) -> None:
    body = _role(school, school.person("staff"), id=str(new_id()))
    assert ok(school.admin.post("/roles", body), 201) == ok(school.admin.post("/roles", body), 201)
    problem(school.admin.post("/roles", body | {"order_number": "12"}), 409)


def test_the_end_of_the_last_role_ends_the_sessions(school: School) -> None:
    medic = school.with_role("medic")
    roles = ok(school.admin.get("/roles"))["items"]
    role = next(one for one in roles if one["kind"] == "medic")
    ended = ok(school.admin.post(f"/roles/{role['id']}/end"))
    assert ended["to"] == str(today_in(ZONE))
    assert ok(school.admin.post(f"/roles/{role['id']}/end")) == ended
    school.service.authenticator.forget(medic.token)
    problem(medic.get("/me"), 401)


def test_the_last_administrator_stays(school: School) -> None:
    role = ok(school.admin.get("/roles"))["items"][0]
    problem(school.admin.post(f"/roles/{role['id']}/end"), 409, "last-administrator")
    second = school.person("staff")
    ok(school.admin.post("/roles", _role(school, second, "administrator")), 201)
    ok(school.admin.post(f"/roles/{role['id']}/end"))


@pytest.mark.parametrize(
    ("kind", "read", "write"),
    [("director", 200, 201), ("deputy", 200, 403), ("secretary", 403, 403), ("medic", 403, 403)],
)
def test_who_may_see_and_give_roles(school: School, kind: str, read: int, write: int) -> None:
    holder = school.with_role(kind)
    assert holder.get("/roles").status_code == read
    assert holder.post("/roles", _role(school, school.person("staff"))).status_code == write


def test_another_schools_role_is_not_there(make_school: Callable[[], School]) -> None:
    school, other = make_school(), make_school()
    role = ok(other.admin.get("/roles"))["items"][0]
    problem(school.admin.post(f"/roles/{role['id']}/end"), 404)
    assert [one["id"] for one in ok(school.admin.get("/roles"))["items"]] != [role["id"]]
    problem(school.admin.post("/roles", _role(school, other.person("staff"))), 404)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "king"},
        {"from": "1800-01-01"},
        {"from": "31.12.2026"},
        {"to": "2025-01-01"},
        {"classes": [str(uuid.uuid4())]},
        {"person_id": "x"},
        {"classes": []},
        {"kind": "deputy", "directions": ["Начальная школа"]},
        {"unknown": 1},
    ],
)
def test_a_bad_role_is_pointed_at(school: School, change: dict[str, object]) -> None:
    body = _role(school, school.person("staff")) | change
    assert problem(school.admin.post("/roles", body), 422)["errors"]


def test_roles_come_in_pages(school: School) -> None:
    for _ in range(3):
        ok(school.admin.post("/roles", _role(school, school.person("staff"))), 201)
    first = ok(school.admin.get("/roles?limit=3"))
    rest = ok(school.admin.get(f"/roles?limit=3&cursor={first['next']}"))
    assert len(first["items"]) == 3
    assert len(rest["items"]) == 1
    assert rest["next"] is None
