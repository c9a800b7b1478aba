"""A code beside the password: set up, asked for, used once, lost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.edge import Accounts
from services.accounts.roles.rules import RoleKind
from services.accounts.second_factors.rules import (
    DRIFT,
    RECOVERY_CODES,
    STEP,
    is_recovery_code,
    matching_step,
    step_of,
    withheld,
)
from services.common.db import Scope
from services.common.vault import BrokenSealError, Vault
from tests.accounts.conftest import PASSWORD, School, ok, problem
from tests.accounts.factors import Phone
from tests.support.suite import Api

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOON = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
KINDS = st.sets(st.sampled_from(sorted(map(str, RoleKind))))


# --- rules ---------------------------------------------------------------------------------------------


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, cut to six digits."""
    for second, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        moment = dt.datetime.fromtimestamp(second, dt.UTC)
        assert matching_step(SECRET, code, moment, None) == second // STEP


@given(st.integers(-5, 5), st.integers(-6, 6) | st.none())
def test_a_step_of_drift_either_side_and_none_that_was_taken(offset: int, last: int | None) -> None:
    now = step_of(NOON)
    code = pyotp.TOTP(SECRET).generate_otp(now + offset)
    taken = None if last is None else now + last
    fits = abs(offset) <= DRIFT and (taken is None or now + offset > taken)
    assert matching_step(SECRET, code, NOON, taken) == (now + offset if fits else None)


@given(st.text(max_size=12))
def test_what_is_no_code_matches_nothing(text: str) -> None:
    if text not in {pyotp.TOTP(SECRET).generate_otp(step_of(NOON) + offset) for offset in (-1, 0, 1)}:
        assert matching_step(SECRET, text, NOON, None) is None


@given(KINDS, KINDS, st.booleans())
def test_a_role_is_withheld_only_where_it_is_demanded_and_nothing_is_set(
    held: set[str], demanded: set[str], has_factor: bool
) -> None:
    assert withheld(held, demanded, has_factor) == (set() if has_factor else held & demanded)


def test_the_vault_opens_what_it_closed_and_nothing_else() -> None:
    old, new = Vault(["first secret"]), Vault(["second secret", "first secret"])
    closed = old.close("тайна")
    assert "тайна" not in closed
    assert old.close("тайна") != closed, "the same twice cannot be told"
    assert new.open(closed) == old.open(closed) == "тайна"
    for broken in (closed[:-4] + "AAAA", "", "nonsense", new.close("тайна")):
        with pytest.raises(BrokenSealError):
            old.open(broken)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=301), tick=False):
        with pytest.raises(BrokenSealError):
            old.open(closed, 300)
        assert old.open(closed) == "тайна"


# --- setting up ----------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def phone(school: School, clock: time_machine.Traveller, from_web: dict[str, str]) -> Phone:
    return Phone(school, clock, from_web)


def test_what_is_shown_once_opens_an_authenticator(school: School, phone: Phone) -> None:
    answer = school.admin.post("/second-factors")
    shown = ok(answer, 201)
    assert answer.headers["Cache-Control"] == "no-store"
    uri = urlsplit(shown["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == f"/Zhurnal:{school.made.login}", "no name of a person leaves with it"
    assert parse_qs(uri.query) == {"secret": [shown["secret"]], "issuer": ["Zhurnal"]}
    assert shown["qr"].startswith("<svg")
    assert len(pyotp.TOTP(shown["secret"]).byte_secret()) >= 20, "160 bits, as RFC 4226 wants"
    assert not ok(school.admin.get("/second-factors"))["set"], "it counts once a code of it was shown"
    assert phone.sign_in().status_code == 201


def test_the_secret_and_the_codes_are_not_stored_as_they_are(school: School, service: Accounts, phone: Phone) -> None:
    phone.set_up(school.admin)
    with service.database.engine.connect() as connection:
        stored = " ".join(
            connection.execute(sa.text("SELECT second_factor::text FROM second_factor")).scalars().all()
            + connection.execute(sa.text("SELECT recovery_code::text FROM recovery_code")).scalars().all()
        )
    assert phone.secret not in stored
    assert not any(code in stored or code[4:] in stored for code in phone.recovery_codes)


def test_a_first_right_code_sets_it_and_ends_every_other_session(school: School, phone: Phone) -> None:
    elsewhere = school.api(ok(phone.sign_in(), 201)["token"])
    phone.begin(school.admin)
    wrong = school.admin.post("/second-factors/confirm", {"otp": "000000"}, headers=phone.web)
    problem(wrong, 403, "wrong-otp")
    confirmed = ok(school.admin.post("/second-factors/confirm", {"otp": phone.code()}, headers=phone.web))
    codes = confirmed["recovery_codes"]
    assert len(set(codes)) == RECOVERY_CODES
    assert all(is_recovery_code(code) for code in codes)
    own = ok(school.admin.get("/second-factors"))
    assert (own["set"], own["recovery_codes_left"], own["withheld_roles"]) == (True, RECOVERY_CODES, [])
    problem(elsewhere.get("/sessions"), 401)
    problem(school.admin.post("/second-factors"), 409, "factor-set")
    problem(school.admin.post("/second-factors/confirm", {"otp": phone.code()}, headers=phone.web), 409, "no-factor")


def test_begun_anew_only_the_latest_counts(school: School, phone: Phone) -> None:
    first = phone.begin(school.admin)
    phone.begin(school.admin)
    old = school.admin.post("/second-factors/confirm", {"otp": pyotp.TOTP(first).now()}, headers=phone.web)
    problem(old, 403, "wrong-otp")
    ok(school.admin.post("/second-factors/confirm", {"otp": phone.code()}, headers=phone.web))


def test_it_is_set_up_by_whoever_has_just_shown_the_password(
    school: School, phone: Phone, clock: time_machine.Traveller
) -> None:
    clock.shift(dt.timedelta(minutes=11))
    problem(school.admin.post("/second-factors"), 403, "confirm-password")
    ok(school.admin.post("/sessions/current/confirm", {"password": PASSWORD}, headers=phone.web), 204)
    phone.set_up(school.admin)
    clock.shift(dt.timedelta(minutes=11))
    for path in ("end", "recovery-codes"):
        late = school.admin.post(f"/second-factors/{path}", {"otp": phone.code()}, headers=phone.web)
        problem(late, 403, "confirm-password")


# --- asked for -----------------------------------------------------------------------------------------


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


# --- remembered devices --------------------------------------------------------------------------------

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


# --- ended ---------------------------------------------------------------------------------------------


def test_its_owner_ends_it_with_a_code(school: School, service: Accounts, phone: Phone) -> None:
    problem(school.admin.post("/second-factors/end", {"otp": "123456"}, headers=phone.web), 409, "no-factor")
    phone.set_up(school.admin)
    problem(school.admin.post("/second-factors/end", {"otp": "123456"}, headers=phone.web), 403, "wrong-otp")
    ok(school.admin.post("/second-factors/end", {"otp": phone.code()}, headers=phone.web), 204)
    ok(phone.sign_in(), 201)
    with service.database.engine.connect() as connection:
        kept = connection.execute(
            sa.text("SELECT secret FROM second_factor WHERE ended_by = :me"), {"me": school.made.person_id}
        ).scalars()
        assert kept.all() == [None]


def test_an_administrator_ends_it_for_who_lost_the_device(school: School, phone: Phone) -> None:
    teacher = school.person("staff")
    api = school.signed_in(teacher)
    login = ok(api.get("/me"))["account"]["login"]
    path = f"/people/{teacher}/second-factor/end"
    problem(school.admin.post(path), 409, "no-factor")
    phone.set_up(api)
    for kind in ("director", "secretary", "deputy"):
        problem(school.with_role(kind).post(path), 403, "forbidden")
    ok(school.admin.post(path), 204)
    school.service.authenticator.forget(api.token)
    problem(api.get("/me"), 401)
    ok(phone.sign_in(login), 201)
    problem(school.admin.post(f"/people/{uuid.uuid4()}/second-factor/end"), 404)
    problem(school.admin.post(f"/people/{school.person('staff')}/second-factor/end"), 409, "no-factor")
    kinds = [one["kind"] for one in ok(school.admin.get(f"/people/{teacher}/sign-ins"))["items"]]
    assert kinds[:2] == ["signed_in", "factor_ended"]


def test_a_stranger_of_another_school_ends_nothing(school: School, make_school: object, phone: Phone) -> None:
    phone.set_up(school.admin)
    stranger = make_school()  # type: ignore[operator]
    problem(stranger.admin.post(f"/people/{school.made.person_id}/second-factor/end"), 404)
    problem(phone.sign_in(), 401, "otp-required")


def test_a_lost_secret_of_the_installation_is_said(school: School, service: Accounts, phone: Phone) -> None:
    phone.set_up(school.admin)
    with service.database.transaction(Scope()) as session:
        session.execute(
            sa.text("UPDATE second_factor SET secret = :other WHERE ended_at IS NULL"),
            {"other": Vault(["another secret"]).close(phone.secret)},
        )
    problem(phone.sign_in(otp=phone.code()), 503, "factor-unreadable")
    ok(phone.sign_in(otp=phone.recovery_codes[0]), 201)


# --- demanded by role ----------------------------------------------------------------------------------


def _demand(school: School, *roles: str) -> None:
    ok(school.admin.put("/sign-in-policy", {"second_factor_roles": list(roles)}))


def test_a_role_that_asks_for_it_counts_only_with_it(school: School, phone: Phone) -> None:
    director = school.with_role("director")
    ok(director.get("/roles"))
    _demand(school, "director")
    forgotten(school, director)
    refused = problem(director.get("/roles"), 403, "second-factor-required")
    assert refused["detail"] == "Set a second factor up first."
    assert "ROLES_READ" not in ok(director.get("/permissions"))["permissions"]
    assert ok(director.get("/second-factors"))["withheld_roles"] == ["director"]
    assert [role["kind"] for role in ok(director.get("/me"))["roles"]] == ["director"], "it is held all the same"
    assert ok(director.get("/me"))["withheld_roles"] == ["director"]
    phone.set_up(director)
    ok(director.get("/roles"))
    assert ok(director.get("/me"))["withheld_roles"] == []


def test_other_services_are_told_of_it(school: School) -> None:
    deputy = school.with_role("deputy")
    _demand(school, "deputy")
    asked = {"token": deputy.token}
    answer = ok(school.api().internally("journal", "POST", "/internal/accounts/v1/introspect", asked))
    assert (answer["roles"], answer["withheld_roles"]) == ([], ["deputy"])


def test_who_decides_has_one_first(school: School, phone: Phone) -> None:
    wanted = {"second_factor_roles": ["administrator", "director"]}
    problem(school.admin.put("/sign-in-policy", wanted), 409, "own-factor-first")
    assert ok(school.admin.get("/sign-in-policy")) == {"second_factor_roles": []}
    phone.set_up(school.admin)
    ok(school.admin.put("/sign-in-policy", wanted))
    assert ok(school.admin.get("/sign-in-policy")) == wanted
    problem(school.with_role("director").get("/sign-in-policy"), 403, "second-factor-required")
    ok(school.admin.put("/sign-in-policy", {"second_factor_roles": []}))
    assert ok(school.with_role("deputy").get("/sign-in-policy")) == {"second_factor_roles": []}
    problem(school.with_role("deputy").put("/sign-in-policy", wanted), 403, "forbidden")
    problem(school.admin.put("/sign-in-policy", {"second_factor_roles": ["gardener"]}), 422)


def test_what_is_demanded_stands_in_the_change_log(school: School, service: Accounts) -> None:
    _demand(school, "medic")
    _demand(school, "medic", "deputy")
    with service.database.read(Scope(school_id=school.id)) as session:
        rows = session.execute(
            sa.text("SELECT action, new, actor FROM change_log WHERE object = 'sign_in_policy' ORDER BY id")
        ).all()
    assert [(row.action, row.new["second_factor_roles"]) for row in rows] == [
        ("insert", ["medic"]),
        ("update", ["deputy", "medic"]),
    ]
    assert {row.actor for row in rows} == {f"person:{school.made.person_id}"}


def forgotten(school: School, api: Api) -> None:
    """What was remembered of a token four seconds ago is asked anew."""
    school.service.authenticator.forget(api.token)
