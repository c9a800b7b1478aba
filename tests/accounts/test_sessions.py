"""Signing in, staying in, going out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import string
from contextlib import closing

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services.accounts import service as accounts_service
from services.accounts.edge import Accounts
from services.accounts.identities import passwords
from services.accounts.identities.rules import ALPHABET, LOGIN_LENGTH, normalized, random_text
from services.accounts.introspection.queries import introspect
from services.accounts.sessions import sign_in
from services.accounts.sessions.rules import (
    ADDRESS_LOGINS,
    LONGEST_DELAY,
    delay_after,
    forwarded_for,
    network_of,
)
from services.accounts.sessions.visits import Door
from services.common.clock import now
from services.common.db import Scope
from services.common.identity import token_digest
from services.common.problems import UnavailableError
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School

INTROSPECT = "/internal/accounts/v1/introspect"


def _ask(school: School, token: str) -> dict[str, object]:
    answer: dict[str, object] = ok(school.api().internally("journal", "POST", INTROSPECT, {"token": token}))
    return answer


def _sign_in(school: School, headers: dict[str, str], status: int = 201, **more: object) -> object:
    body = {"login": school.made.login, "password": PASSWORD, **more}
    answer = school.api().post("/sessions", body, headers=headers)
    assert answer.status_code == status, answer.data
    return answer.json


def test_the_first_administrator_is_known_before_journal_answers(school: School) -> None:
    me = ok(school.admin.get("/me"))
    assert me["person"]["name"] == "Крымова Ольга Сергеевна"
    assert me["school"]["zone"] == "Europe/Simferopol"
    assert [role["kind"] for role in me["roles"]] == ["administrator"]


def test_a_token_is_told_to_other_services(school: School, from_web: dict[str, str]) -> None:
    signed = ok(
        school.api().post("/sessions", {"login": school.made.login, "password": PASSWORD}, headers=from_web), 201
    )
    assert 0 < signed["expires_in"] <= 1800
    answer = _ask(school, signed["token"])
    assert answer["active"] is True
    assert answer["person"] == str(school.made.person_id)
    assert answer["school"] == str(school.id)
    assert answer["roles"] == [{"kind": "administrator", "classes": None, "directions": None}]
    assert answer["diary_students"] == []


@pytest.mark.parametrize("token", ["zh_" + "a" * 43, "", "nonsense", "zh_\u00e9" + "a" * 42])
def test_an_unknown_token_is_nobody(school: School, token: str) -> None:
    assert _ask(school, token) == {"active": False}
    problem(school.api(token.encode("ascii", "ignore").decode() or "x").get("/me"), 401, "not-signed-in")


def test_only_the_hash_of_a_token_is_stored(school: School, service: Accounts) -> None:
    with service.database.engine.connect() as connection:
        stored = connection.execute(
            sa.text("SELECT session::text FROM session WHERE token_hash = :hash"),
            {"hash": token_digest(school.admin_token)},
        ).scalar_one()
    assert school.admin_token not in stored


def test_a_wrong_login_and_a_wrong_password_sound_the_same(school: School, from_web: dict[str, str]) -> None:
    bodies = [
        {"login": school.made.login, "password": "not this one"},
        {"login": "zzzzzzzz", "password": "not this one"},
    ]
    documents = [
        problem(school.api().post("/sessions", body, headers=from_web), 401, "wrong-credentials") for body in bodies
    ]
    assert documents[0] == documents[1]


def test_an_unknown_login_costs_the_same_work(
    school: School, from_web: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str | None] = []

    def matches(stored: str | None, password: str) -> bool:
        compared.append(stored)
        return passwords.matches(stored, password)

    monkeypatch.setattr(sign_in, "matches", matches)
    school.api().post("/sessions", {"login": random_text(LOGIN_LENGTH), "password": "no"}, headers=from_web)
    assert compared == [None]


def test_a_login_is_read_as_people_type_it(school: School, from_web: dict[str, str]) -> None:
    login = school.made.login
    _sign_in(school, from_web, login=f" {login[:4].upper()}-{login[4:]} ")


@pytest.mark.usefixtures("still")
def test_after_five_failures_even_the_right_password_waits(school: School, from_web: dict[str, str]) -> None:
    for _ in range(5):
        _sign_in(school, from_web, 401, password="wrong")
    answer = school.api().post("/sessions", {"login": school.made.login, "password": PASSWORD}, headers=from_web)
    problem(answer, 429, "wait")
    assert 1 <= int(answer.headers["Retry-After"]) <= 2


@pytest.mark.usefixtures("still")
def test_an_unknown_login_waits_like_a_known_one(school: School, from_web: dict[str, str]) -> None:
    login = f"none{school.made.login}"
    for _ in range(5):
        problem(school.api().post("/sessions", {"login": login, "password": "x"}, headers=from_web), 401)
    problem(school.api().post("/sessions", {"login": login, "password": "x"}, headers=from_web), 429, "wait")


@pytest.mark.usefixtures("still")
def test_a_right_password_from_a_known_device_is_never_delayed(school: School, from_web: dict[str, str]) -> None:
    device = {"name": "Компьютер", "key": "k" * 43}
    _sign_in(school, from_web, device=device)
    for _ in range(5):
        _sign_in(school, from_web, 401, password="wrong")
    _sign_in(school, from_web, 429)
    _sign_in(school, from_web, 429, password="wrong", device=device)
    _sign_in(school, from_web, device=device)


@pytest.mark.usefixtures("still")
def test_a_known_device_that_guesses_becomes_a_stranger(school: School, from_web: dict[str, str]) -> None:
    device = {"key": "q" * 43}
    _sign_in(school, from_web, device=device)
    for number in range(10):
        _sign_in(school, from_web, 401 if number < 5 else 429, password="wrong", device=device)
    _sign_in(school, from_web, 429, device=device)


@pytest.mark.usefixtures("still")
def test_an_address_at_which_a_hundred_logins_failed_waits(
    school: School, service: Accounts, from_web: dict[str, str]
) -> None:
    _sign_in(school, from_web, 401, password="wrong")
    with service.database.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO sign_in_attempt (id, login_hash, address_hash, at, familiar, wait_told)"
                " SELECT gen_random_uuid(), 'somebody' || number, address_hash, at, false, false FROM"
                " (SELECT * FROM sign_in_attempt WHERE at <= now() ORDER BY at DESC LIMIT 1) last,"
                " generate_series(2, :most) number"
            ),
            {"most": ADDRESS_LOGINS},
        )
    answer = school.api().post("/sessions", {"login": school.made.login, "password": PASSWORD}, headers=from_web)
    problem(answer, 429, "wait")
    assert 590 <= int(answer.headers["Retry-After"]) <= 600


def test_a_forwarded_address_is_believed_of_web_only(school: School, service: Accounts) -> None:
    forged = {"Forwarded": "for=203.0.113.77", "Zhurnal-Service": "web not-the-token"}
    body = {"login": school.made.login, "password": "wrong"}
    here = {"REMOTE_ADDR": "198.51.100.9"}
    problem(school.api().post("/sessions", body, headers=forged, environ_base=here), 401)
    with service.database.engine.connect() as connection:
        hashes = connection.execute(sa.text("SELECT DISTINCT address_hash FROM sign_in_attempt")).scalars().all()
    assert Door("203.0.113.77", service.settings.service_token).address_hash not in hashes
    assert Door("198.51.100.9", service.settings.service_token).address_hash in hashes


def test_signing_out_ends_the_token_at_once(school: School, from_web: dict[str, str]) -> None:
    signed = _sign_in(school, from_web)
    assert isinstance(signed, dict)
    mine = school.api(signed["token"])
    ok(mine.delete("/sessions/current"), 204)
    problem(mine.get("/me"), 401)
    assert _ask(school, signed["token"]) == {"active": False}


def test_one_sees_and_ends_ones_own_sessions_only(
    school: School, make_school: object, from_web: dict[str, str]
) -> None:
    other = _sign_in(school, from_web, device={"name": "Телефон", "trusted": True})
    assert isinstance(other, dict)
    sessions = ok(school.admin.get("/sessions"))["items"]
    assert [one["device"] for one in sessions if not one["current"]] == ["Телефон"]
    stranger = make_school()  # type: ignore[operator]
    phone = next(one["id"] for one in sessions if not one["current"])
    problem(stranger.admin.delete(f"/sessions/{phone}"), 404, "not-found")
    ok(school.admin.delete(f"/sessions/{phone}"), 204)
    assert _ask(school, other["token"]) == {"active": False}


def test_the_password_once_more_keeps_the_session_fit_for_grave_acts(
    school: School, service: Accounts, from_web: dict[str, str]
) -> None:
    with service.database.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE session SET confirmed_at = now() - interval '11 minutes' WHERE token_hash = :hash"),
            {"hash": token_digest(school.admin_token)},
        )
    person = school.person("staff")
    role = {"person_id": str(person), "kind": "medic", "from": "2026-01-01"}
    problem(school.admin.post("/roles", role), 403, "confirm-password")
    wrong = school.admin.post("/sessions/current/confirm", {"password": "wrong"}, headers=from_web)
    problem(wrong, 403, "wrong-password")
    ok(school.admin.post("/sessions/current/confirm", {"password": PASSWORD}, headers=from_web), 204)
    ok(school.admin.post("/roles", role), 201)


def test_who_a_bearer_is_takes_half_a_second_or_is_unavailable(
    service: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(session: Session, *_: object) -> None:
        session.execute(sa.text("SELECT pg_sleep(2)"))

    monkeypatch.setattr(accounts_service, "introspect", slow)
    settings = dataclasses.replace(service.settings, introspection_seconds=0.5)
    with closing(accounts_service.build(settings)) as impatient:
        token = "zh_" + "b" * 43
        with pytest.raises(UnavailableError):
            impatient.authenticator.identify(token)


@pytest.mark.parametrize(("poll", "minutes", "moved"), [(False, 2, True), (True, 2, False), (False, 0, False)])
def test_a_session_is_kept_alive_once_a_minute_and_not_by_polling(
    school: School, service: Accounts, poll: bool, minutes: int, moved: bool
) -> None:
    later = now() + dt.timedelta(minutes=minutes)
    with service.quick.transaction(Scope()) as session:
        before = introspect(session, school.admin_token, True, later)
        after = introspect(session, school.admin_token, poll, later)
    assert before
    assert after
    assert (after.until > before.until) == moved


@pytest.mark.parametrize(
    ("trusted", "idle", "alive"),
    [
        (False, dt.timedelta(minutes=29), True),
        (False, dt.timedelta(minutes=31), False),
        (True, dt.timedelta(days=29), True),
        (True, dt.timedelta(days=31), False),
    ],
)
def test_a_session_ends_when_nobody_uses_it(
    school: School, service: Accounts, from_web: dict[str, str], trusted: bool, idle: dt.timedelta, alive: bool
) -> None:
    signed = _sign_in(school, from_web, device={"trusted": trusted})
    assert isinstance(signed, dict)
    with service.quick.transaction(Scope()) as session:
        assert (introspect(session, signed["token"], True, now() + idle) is not None) is alive


def test_a_busy_session_ends_all_the_same_after_half_a_day(school: School, service: Accounts) -> None:
    moment = now()
    for _ in range(24 * 60 // 20):
        moment += dt.timedelta(minutes=20)
        with service.quick.transaction(Scope()) as session:
            found = introspect(session, school.admin_token, False, moment)
        if found is None:
            break
    assert dt.timedelta(hours=11) < moment - now() < dt.timedelta(hours=13)


def test_one_account_works_in_two_schools_one_at_a_time(make_school: object, from_web: dict[str, str]) -> None:
    first, second = make_school(), make_school()  # type: ignore[operator]
    teacher = first.person("staff", name="Маркова Вера Ильинична")
    api = first.signed_in(teacher)
    login = ok(api.get("/me"))["account"]["login"]
    guest = second.person("staff", name="Маркова Вера Ильинична")
    code = ok(second.admin.post("/credentials", {"person_ids": [str(guest)]}), 201)["items"][0]["code"]
    body = {"code": code, "password": PASSWORD, "login": login}
    signed = ok(second.api().post("/credentials/activate", body, headers=from_web), 201)
    assert signed["school"]["id"] == str(second.id)
    assert {one["id"] for one in signed["schools"]} == {str(first.id), str(second.id)}
    moved = ok(first.api(signed["token"]).patch("/sessions/current", {"school": str(first.id)}))
    assert moved["person"]["id"] == str(teacher)
    problem(first.api(signed["token"]).get("/me"), 401)
    assert ok(first.api(moved["token"]).get("/me"))["school"]["id"] == str(first.id)
    problem(first.api(moved["token"]).patch("/sessions/current", {"school": str(guest)}), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"login": "abc"},
        {"login": 5, "password": "x"},
        {"login": "a", "password": "b", "more": 1},
        {"login": "a", "password": "b", "school": "not an id"},
        {"login": "a", "password": "b", "device": {"key": "short"}},
        [],
    ],
)
def test_a_malformed_sign_in_is_pointed_at(school: School, body: object) -> None:
    document = problem(school.api().post("/sessions", body), 422)
    assert document["errors"]


def test_what_is_no_json_is_a_problem_too(school: School) -> None:
    problem(school.api().call("POST", "/sessions", data=b"{", content_type="application/json"), 400)
    null = school.api().call("POST", "/sessions", {"login": "a\x00b", "password": "x"})
    assert null.status_code in (401, 422)


def test_permissions_say_what_one_may_and_304_when_nothing_changed(school: School) -> None:
    answer = school.admin.get("/permissions")
    permissions = ok(answer)["permissions"]
    assert permissions["CREDENTIALS_ISSUE"] == "all"
    assert "CONSENT_SIGN" not in permissions
    again = school.admin.get("/permissions", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@given(st.integers(0, 10_000))
def test_the_wait_grows_and_stays_below_five_minutes(failures: int) -> None:
    assert dt.timedelta() <= delay_after(failures) <= delay_after(failures + 1) <= LONGEST_DELAY
    assert (delay_after(failures) == dt.timedelta()) == (failures < 5)


@given(st.text(ALPHABET, min_size=8, max_size=12))
def test_a_code_is_read_however_it_is_grouped(code: str) -> None:
    for size in range(1, 5):
        groups = ["".join(part) for part in itertools.zip_longest(*[iter(code)] * size, fillvalue="")]
        assert normalized("-".join(groups).upper()) == code
        assert normalized(" ".join(groups)) == code


def test_the_alphabet_has_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("0o1il")
    assert set(ALPHABET) < set(string.ascii_lowercase + string.digits)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ('For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ("for=192.0.2.43:8080, for=198.51.100.17", "192.0.2.43"),
        ("proto=https", None),
        ("", None),
    ],
)
def test_the_forwarded_address_is_the_first_hops(header: str, address: str | None) -> None:
    assert forwarded_for(header) == address


def test_neighbours_of_one_ipv6_network_count_as_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")


@given(st.text(max_size=60))
def test_no_forwarded_header_breaks_the_door(header: str) -> None:
    network_of(forwarded_for(header) or "")
