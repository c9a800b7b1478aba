"""A code beside the password: asked for, used once, not asked for on a remembered device."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from services.accounts.second_factors.rules import (
    RECOVERY_CODES,
)
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.accounts.factors import Phone


def test_after_a_right_password_the_code_is_asked_for(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    asked = problem(phone.sign_in(), 401, "otp-required")
    signed = ok(phone.second_step(asked["proof"], phone.code()), 201)
    assert ok(school.api(signed["token"]).get("/me"))["person"]["id"] == str(school.made.person_id)
    at_once = ok(phone.sign_in(otp=phone.code()), 201)
    assert at_once["token"] != signed["token"]
    problem(phone.sign_in(password="wrong", otp=phone.code()), 401, "wrong-credentials")
    unknown = {"login": uuid.uuid4().hex[:8], "password": PASSWORD, "otp": "123456"}
    problem(school.api().post("/sessions", unknown, headers=phone.web), 401, "wrong-credentials")


def test_a_code_is_typed_as_it_is_shown(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    code = phone.code()
    ok(phone.sign_in(otp=f" {code[:3]} {code[3:]}"), 201)
    recovery = phone.recovery_codes[0]
    ok(phone.sign_in(otp=f"{recovery[:4].upper()}-{recovery[4:8]}-{recovery[8:]}"), 201)


def test_a_code_works_once(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    code = phone.code()
    ok(phone.sign_in(otp=code), 201)
    problem(phone.sign_in(otp=code), 401, "wrong-otp")
    proof = problem(phone.sign_in(), 401, "otp-required")["proof"]
    problem(phone.second_step(proof, code), 401, "wrong-otp")
    ok(phone.second_step(proof, phone.code()), 201)


def test_a_code_shown_to_several_at_once_lets_one_in(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    code, recovery = phone.code(), phone.recovery_codes[3]
    for otp in (code, recovery):
        with ThreadPoolExecutor(4) as together:
            answers = list(together.map(lambda otp: phone.sign_in(otp=otp).status_code, [otp] * 4))
        assert answers.count(201) == 1, answers
        assert set(answers) <= {201, 401, 429}


def test_a_recovery_code_works_once_and_the_others_stay(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    first, second = phone.recovery_codes[:2]
    signed = ok(phone.sign_in(otp=first), 201)
    problem(phone.sign_in(otp=first), 401, "wrong-otp")
    assert ok(school.api(signed["token"]).get("/second-factors"))["recovery_codes_left"] == RECOVERY_CODES - 1
    problem(phone.sign_in(otp=first[:4] + second[4:]), 401, "wrong-otp")
    ok(phone.sign_in(otp=second), 201)


def test_new_recovery_codes_end_the_old(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    old = phone.recovery_codes
    without = school.admin.post("/second-factors/recovery-codes", {"otp": "000000"}, headers=phone.web)
    problem(without, 403, "wrong-otp")
    made = ok(school.admin.post("/second-factors/recovery-codes", {"otp": phone.code()}, headers=phone.web))
    assert not set(made["recovery_codes"]) & set(old)
    problem(phone.sign_in(otp=old[0]), 401, "wrong-otp")
    ok(phone.sign_in(otp=made["recovery_codes"][0]), 201)


def test_wrong_codes_are_slowed_down_like_wrong_passwords(
    school: School, phone: Phone, clock: time_machine.Traveller
) -> None:
    phone.set_up(school.admin)
    for _ in range(5):
        problem(phone.sign_in(otp="000000"), 401, "wrong-otp")
    waiting = phone.sign_in(otp=phone.recovery_codes[0])
    problem(waiting, 429, "wait")
    assert 1 <= int(waiting.headers["Retry-After"]) <= 2
    clock.shift(3)
    ok(phone.sign_in(otp=phone.recovery_codes[0]), 201)


def test_the_right_password_alone_does_not_free_the_next_guesses(school: School, phone: Phone) -> None:
    """Between guesses at the code the password is shown without one: that must not make the count begin anew."""
    phone.set_up(school.admin)
    for _ in range(4):
        problem(phone.sign_in(otp="000000"), 401, "wrong-otp")
        problem(phone.sign_in(), 401, "otp-required")
    problem(phone.sign_in(otp="000000"), 401, "wrong-otp")
    problem(phone.sign_in(otp="000000"), 429, "wait")


def test_a_proof_of_the_password_lasts_five_minutes_and_dies_with_the_password(
    school: School, phone: Phone, clock: time_machine.Traveller
) -> None:
    phone.set_up(school.admin)
    old = problem(phone.sign_in(), 401, "otp-required")["proof"]
    clock.shift(dt.timedelta(minutes=6))
    problem(phone.second_step(old, phone.code()), 401, "proof-expired")
    problem(phone.second_step("made up", phone.code()), 401, "proof-expired")
    fresh = problem(phone.sign_in(), 401, "otp-required")["proof"]
    body = {"password": PASSWORD, "new_password": "синий кит летит"}
    ok(school.admin.post("/passwords", body, headers=phone.web), 204)
    problem(phone.second_step(fresh, phone.code()), 401, "proof-expired")


def test_a_slip_is_no_way_round_it(school: School, phone: Phone) -> None:
    """Neither the one that sets a new password nor the one that adds a school to an account."""
    teacher = school.person("staff")
    api = school.signed_in(teacher)
    login = ok(api.get("/me"))["account"]["login"]
    phone.set_up(api)
    slip = {"password": "синий кит летит"}
    slip["code"] = ok(school.admin.post("/credentials", {"person_ids": [str(teacher)]}), 201)["items"][0]["code"]
    use = "/credentials/activate"
    problem(school.api().post(use, slip, headers=phone.web), 401, "otp-required")
    problem(school.api().post(use, slip | {"otp": "000000"}, headers=phone.web), 401, "wrong-otp")
    assert phone.sign_in(login, otp=phone.code()).status_code == 201, "the old password is the password still"
    ok(school.api().post(use, slip | {"otp": phone.code()}, headers=phone.web), 201)
    problem(phone.sign_in(login, otp=phone.code()), 401, "wrong-credentials")
    other = school.person("guardian", name="Иванова Анна Петровна")
    again = ok(school.admin.post("/credentials", {"person_ids": [str(other)]}), 201)["items"][0]["code"]
    joined = {"code": again, "password": "синий кит летит", "login": login}
    problem(school.api().post(use, joined, headers=phone.web), 401, "otp-required")


MINE = {"name": "Домашний компьютер", "key": "d" * 43, "trusted": True}


def test_a_device_of_ones_own_is_not_asked_again_for_thirty_days(
    school: School, phone: Phone, clock: time_machine.Traveller
) -> None:
    phone.set_up(school.admin)
    problem(phone.sign_in(device=MINE), 401, "otp-required")
    ok(phone.sign_in(device=MINE, otp=phone.code()), 201)
    signed = ok(phone.sign_in(device=MINE), 201)
    problem(phone.sign_in(device=MINE | {"key": "e" * 43}), 401, "otp-required")
    problem(phone.sign_in(device=MINE | {"key": ""}), 401, "otp-required")
    devices = ok(school.api(signed["token"]).get("/sessions"))["devices"]
    assert [one["name"] for one in devices] == ["Домашний компьютер"]
    clock.shift(dt.timedelta(days=29))
    ok(phone.sign_in(device=MINE), 201)
    clock.shift(dt.timedelta(days=2))
    problem(phone.sign_in(device=MINE), 401, "otp-required")


def test_a_shared_device_is_asked_each_time(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    shared = MINE | {"trusted": False}
    ok(phone.sign_in(device=shared, otp=phone.code()), 201)
    problem(phone.sign_in(device=shared), 401, "otp-required")
    assert ok(school.admin.get("/sessions"))["devices"] == []


@pytest.mark.parametrize("how", ["session", "device", "password", "slip", "factor"])
def test_trust_in_a_device_ends_with(school: School, phone: Phone, how: str) -> None:
    phone.set_up(school.admin)
    there = ok(phone.sign_in(device=MINE, otp=phone.code()), 201)["token"]
    listed = ok(school.admin.get("/sessions"))
    session = next(one["id"] for one in listed["items"] if one["device"] == MINE["name"])
    password = PASSWORD
    if how == "session":
        ok(school.admin.delete(f"/sessions/{session}"), 204)
    elif how == "device":
        ok(school.admin.delete(f"/devices/{listed['devices'][0]['id']}"), 204)
        problem(school.admin.delete(f"/devices/{listed['devices'][0]['id']}"), 404)
    elif how == "password":
        password = "синий кит летит"
        body = {"password": PASSWORD, "new_password": password}
        ok(school.admin.post("/passwords", body, headers=phone.web), 204)
    elif how == "slip":
        password = "синий кит летит"
        people = {"person_ids": [str(school.made.person_id)]}
        code = ok(school.admin.post("/credentials", people), 201)["items"][0]["code"]
        used = {"code": code, "password": password, "otp": phone.code()}
        ok(school.api().post("/credentials/activate", used, headers=phone.web), 201)
    else:
        ok(school.admin.post("/second-factors/end", {"otp": phone.code()}, headers=phone.web), 204)
        phone.set_up(school.admin)
    school.service.authenticator.forget(there)
    problem(school.api(there).get("/sessions"), 401)
    problem(phone.sign_in(device=MINE, password=password), 401, "otp-required")


def test_somebody_elses_device_is_no_affair_of_ones_own(school: School, phone: Phone) -> None:
    phone.set_up(school.admin)
    ok(phone.sign_in(device=MINE, otp=phone.code()), 201)
    device = ok(school.admin.get("/sessions"))["devices"][0]["id"]
    problem(school.with_role("administrator").delete(f"/devices/{device}"), 404, "not-found")
    ok(phone.sign_in(device=MINE), 201)
