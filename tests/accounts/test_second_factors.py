"""A code beside the password: set up, ended, demanded by role."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import sqlalchemy as sa
import time_machine

from services.accounts.edge import Accounts
from services.accounts.second_factors.rules import (
    RECOVERY_CODES,
    is_recovery_code,
)
from services.common.db import Scope
from services.common.vault import Vault
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.accounts.factors import Phone
from tests.support.suite import Api


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
