"""One-use codes: made for a list of people, used once, and what they open."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from services.accounts.edge import Accounts
from services.accounts.sessions.rules import ADDRESS_CODES
from services.common.db import Scope, new_id
from services.common.identity import token_digest
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import Journal, School

BORN = "2015-03-08"


def _issue(school: School, *people: uuid.UUID) -> list[dict[str, str]]:
    body = {"person_ids": [str(person) for person in people]}
    items: list[dict[str, str]] = ok(school.admin.post("/credentials", body), 201)["items"]
    return items


def _activate(school: School, code: str, headers: dict[str, str] | None = None, **more: object) -> TestResponse:
    body = {"code": code, "password": PASSWORD, **more}
    return school.api().post("/credentials/activate", body, headers=headers)


def test_codes_are_shown_once_with_login_and_name(school: School, service: Accounts) -> None:
    teacher, pupil = school.person("staff"), school.person("student", name="Белов Пётр Ильич")
    answer = school.admin.post("/credentials", {"person_ids": [str(teacher), str(pupil)]})
    items = ok(answer, 201)["items"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert [item["name"] for item in items] == ["Иванова Анна Петровна", "Белов Пётр Ильич"]
    for item in items:
        assert len(item["login"]) == 8
        assert len(item["code"]) == 12
    with service.database.read(Scope(school_id=school.id)) as session:
        stored = session.execute(sa.text("SELECT activation_code::text FROM activation_code")).scalars().all()
        logged = session.execute(sa.text("SELECT change_log::text FROM change_log")).scalars().all()
    assert not any(item["code"] in row for item in items for row in stored)
    assert not any(token_digest(item["code"]) in row for item in items for row in logged)


def test_a_new_code_kills_the_earlier_one_and_keeps_the_login(school: School, from_web: dict[str, str]) -> None:
    teacher = school.person("staff")
    first, second = _issue(school, teacher)[0], _issue(school, teacher)[0]
    assert first["login"] == second["login"]
    problem(_activate(school, first["code"], from_web), 404, "code-unknown")
    ok(_activate(school, second["code"], from_web), 201)
    problem(_activate(school, second["code"], from_web), 404, "code-unknown")


def test_a_used_code_lets_in_and_the_login_works_after(school: School, from_web: dict[str, str]) -> None:
    item = _issue(school, school.person("staff"))[0]
    grouped = "-".join(item["code"][i : i + 4] for i in (0, 4, 8)).upper()
    signed = ok(_activate(school, grouped, from_web), 201)
    assert signed["person"]["id"] == item["person_id"]
    ok(school.api().post("/sessions", {"login": item["login"], "password": PASSWORD}, headers=from_web), 201)


def test_a_code_of_who_has_an_account_gives_a_new_password_and_ends_all_sessions(
    school: School, from_web: dict[str, str]
) -> None:
    teacher = school.person("staff")
    before = school.signed_in(teacher)
    item = _issue(school, teacher)[0]
    ok(_activate(school, item["code"], from_web, password="seven brown horses"), 201)
    school.service.authenticator.forget(before.token)
    problem(before.get("/me"), 401)
    old = school.api().post("/sessions", {"login": item["login"], "password": PASSWORD}, headers=from_web)
    problem(old, 401, "wrong-credentials")


def test_a_code_dies_after_two_weeks(school: School, service: Accounts, from_web: dict[str, str]) -> None:
    item = _issue(school, school.person("staff"))[0]
    with service.database.transaction(Scope(school_id=school.id)) as session:
        session.execute(sa.text("UPDATE activation_code SET expires_at = expires_at - interval '14 days'"))
    problem(_activate(school, item["code"], from_web), 404, "code-unknown")


def test_a_guardian_says_the_childs_birth_date(school: School, from_web: dict[str, str]) -> None:
    mother, child = school.person("guardian"), school.person("student", birth_date=BORN)
    school.guards(mother, child)
    code = _issue(school, mother)[0]["code"]
    missing = problem(_activate(school, code, from_web), 422)
    assert missing["errors"][0]["pointer"] == "/child_birth_date"
    problem(_activate(school, code, from_web, child_birth_date="2015-03-09"), 422)
    ok(_activate(school, code, from_web, child_birth_date=BORN), 201)


def test_after_five_wrong_birth_dates_the_code_is_dead(school: School, from_web: dict[str, str]) -> None:
    mother, child = school.person("guardian"), school.person("student", birth_date=BORN)
    school.guards(mother, child)
    code = _issue(school, mother)[0]["code"]
    for day in range(1, 6):
        problem(_activate(school, code, from_web, child_birth_date=f"2014-01-0{day}"), 422)
    problem(_activate(school, code, from_web, child_birth_date=BORN), 404, "code-unknown")


def test_a_guardian_of_a_child_without_a_known_date_is_not_asked(school: School, from_web: dict[str, str]) -> None:
    mother, child = school.person("guardian"), school.person("student")
    school.guards(mother, child)
    ok(_activate(school, _issue(school, mother)[0]["code"], from_web), 201)


@pytest.mark.parametrize(
    "change",
    [
        {"password": "short"},
        {"password": "x" * 129},
        {"password": 12345678},
        {"code": ""},
        {"child_birth_date": "08.03.2015"},
        {"unknown": True},
    ],
)
def test_a_bad_activation_is_pointed_at_and_costs_no_try(
    school: School, from_web: dict[str, str], change: dict[str, object]
) -> None:
    code = _issue(school, school.person("staff"))[0]["code"]
    for _ in range(6):
        body = {"code": code, "password": PASSWORD, **change}
        assert problem(school.api().post("/credentials/activate", body, headers=from_web), 422)["errors"]
    ok(_activate(school, code, from_web), 201)


def test_an_existing_account_needs_its_own_password_to_join(
    make_school: Callable[[], School], from_web: dict[str, str]
) -> None:
    first, second = make_school(), make_school()
    code = _issue(second, second.person("staff"))[0]["code"]
    problem(_activate(second, code, from_web, login=first.made.login, password="wrong horse"), 401)
    signed = ok(_activate(second, code, from_web, login=first.made.login), 201)
    assert len(signed["schools"]) == 2


def test_whoever_has_an_account_in_the_school_joins_with_no_second_one(
    make_school: Callable[[], School], from_web: dict[str, str]
) -> None:
    first, second = make_school(), make_school()
    teacher = second.person("staff")
    second.signed_in(teacher)
    code = _issue(second, teacher)[0]["code"]
    problem(_activate(second, code, from_web, login=first.made.login), 409, "has-account")


def test_somebody_just_registered_is_fetched_from_journal(school: School, journal: Journal) -> None:
    person = new_id()
    told = school.told(person, "guardian", name="Орлова Инна Львовна")
    journal.state["person"] = [told | {"school_id": str(school.id)}]
    assert _issue(school, person)[0]["name"] == "Орлова Инна Львовна"


def test_journals_people_of_another_school_are_not_fetched(
    make_school: Callable[[], School], journal: Journal
) -> None:
    school, other = make_school(), make_school()
    person = new_id()
    journal.state["person"] = [
        other.told(person, "student", name="Орлов Иван Львович") | {"school_id": str(other.id)}
    ]
    problem(school.admin.post("/credentials", {"person_ids": [str(person)]}), 404, "not-found")


def test_a_silent_journal_is_said_to_be_silent(school: School, journal: Journal) -> None:
    journal.silent = True
    answer = school.admin.post("/credentials", {"person_ids": [str(new_id())]})
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]


def test_another_schools_people_are_not_there(make_school: Callable[[], School]) -> None:
    school, other = make_school(), make_school()
    stranger = other.person("student")
    problem(school.admin.post("/credentials", {"person_ids": [str(stranger)]}), 404)


@pytest.mark.parametrize(
    ("kind", "whom", "status"),
    [
        ("secretary", "student", 201),
        ("secretary", "guardian", 201),
        ("secretary", "staff", 403),
        ("director", "student", 403),
        ("deputy", "student", 403),
        ("medic", "student", 403),
    ],
)
def test_who_may_make_codes_for_whom(school: School, kind: str, whom: str, status: int) -> None:
    holder = school.with_role(kind)
    person = school.person(whom)
    answer = holder.post("/credentials", {"person_ids": [str(person)]})
    assert answer.status_code == status, answer.data


def test_a_secretary_opens_no_door_to_an_administrators_power(school: School) -> None:
    secretary = school.with_role("secretary")
    mother = school.person("guardian")
    ok(
        school.admin.post("/roles", {"person_id": str(mother), "kind": "administrator", "from": "2020-01-01"}),
        201,
    )
    problem(secretary.post("/credentials", {"person_ids": [str(mother)]}), 403, "forbidden")


@pytest.mark.parametrize("people", [[], ["x"], [str(uuid.uuid4())] * 101, None])
def test_a_bad_list_of_people_is_pointed_at(school: School, people: object) -> None:
    assert problem(school.admin.post("/credentials", {"person_ids": people}), 422)["errors"]


@pytest.mark.usefixtures("still")
def test_guessing_codes_is_paid_for_by_the_address(
    school: School, service: Accounts, from_web: dict[str, str]
) -> None:
    for number in range(3):
        problem(_activate(school, f"guess{number:07}", from_web), 404, "code-unknown")
    with service.database.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO sign_in_attempt (id, login_hash, address_hash, at, familiar, wait_told)"
                " SELECT gen_random_uuid(), 'code' || number, address_hash, at, false, false FROM"
                " (SELECT * FROM sign_in_attempt WHERE at <= now() ORDER BY at DESC LIMIT 1) last,"
                " generate_series(4, :most) number"
            ),
            {"most": ADDRESS_CODES},
        )
    answer = _activate(school, "guess0000100", from_web)
    problem(answer, 429, "wait")
    assert dt.timedelta(seconds=int(answer.headers["Retry-After"])) <= dt.timedelta(minutes=10)
