"""The log of what happened at an account's door, and the throttle that keeps it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.edge import Accounts
from services.accounts.identities import passwords
from services.accounts.identities.rules import LOGIN_LENGTH, random_text
from services.accounts.sessions import sign_in
from services.accounts.sessions.rules import ADDRESS_LOGINS, ADDRESS_WINDOW, address_delay
from services.accounts.sign_ins.rules import coarse_network
from services.common.db import Scope
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.accounts.factors import Phone
from tests.support.suite import Api

NOON = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)


# --- rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("10.0.0.1", "10.0.0.0/24"),
        ("2001:db8:1:2::77", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_of_an_address_the_neighbourhood_is_kept(address: str, network: str) -> None:
    assert coarse_network(address) == network


@given(st.ip_addresses().map(str))
def test_no_single_address_is_kept(address: str) -> None:
    assert coarse_network(address).partition("/")[2] in ("24", "48")


moments = st.lists(st.integers(-1200, 0).map(lambda second: NOON + dt.timedelta(seconds=second)), max_size=250)


@given(moments)
def test_an_address_waits_until_fewer_than_a_hundred_logins_failed_lately(failed: list[dt.datetime]) -> None:
    wait = address_delay(failed, NOON)
    lately = [at for at in failed if at > NOON - ADDRESS_WINDOW]
    assert (wait > dt.timedelta()) == (len(lately) >= ADDRESS_LOGINS)
    assert dt.timedelta() <= wait <= ADDRESS_WINDOW
    assert address_delay(failed, NOON + wait) == dt.timedelta()


@given(moments, st.integers(1, 50))
def test_another_failure_never_makes_an_address_wait_less(failed: list[dt.datetime], most: int) -> None:
    assert address_delay([*failed, NOON], NOON, most) >= address_delay(failed, NOON, most)


# --- the throttle --------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords compared without Argon2: hundreds of them are tried."""
    known = {PASSWORD}
    monkeypatch.setattr(sign_in, "matches", lambda stored, given: stored is not None and given in known)


def _knock(school: School, login: str, password: str, headers: dict[str, str], **more: object) -> Any:
    return school.api().post("/sessions", {"login": login, "password": password, **more}, headers=headers)


def _pupils(school: School, number: int) -> list[str]:
    """Logins of pupils who were let in, at home."""
    logins = []
    for _ in range(number):
        pupil = school.signed_in(school.person("student"))
        logins.append(ok(pupil.get("/me"))["account"]["login"])
    return logins


@pytest.mark.usefixtures("quick", "clock")
def test_a_class_behind_one_address_cannot_lock_itself_out(school: School, from_web: dict[str, str]) -> None:
    """Thirty pupils, four wrong passwords each, within ten minutes: 120 failures, and all of them get in."""
    logins = _pupils(school, 30)
    for attempt in range(4):
        for login in logins:
            assert _knock(school, login, f"wrong {attempt}", from_web).status_code == 401
    assert [_knock(school, login, PASSWORD, from_web).status_code for login in logins] == [201] * 30


@pytest.mark.usefixtures("quick", "clock")
def test_who_goes_through_many_logins_is_stopped_and_nobody_else(
    school: School, from_web: dict[str, str], clock: time_machine.Traveller
) -> None:
    at_home, elsewhere = _pupils(school, 2)
    assert _knock(school, at_home, PASSWORD, from_web).status_code == 201
    for number in range(ADDRESS_LOGINS):
        assert _knock(school, f"guess{number:03}", "password", from_web).status_code == 401
    stopped = problem(_knock(school, "guess100", "password", from_web), 429, "wait")
    assert stopped == problem(_knock(school, elsewhere, PASSWORD, from_web), 429, "wait")
    assert _knock(school, at_home, PASSWORD, from_web).status_code == 201, "its own address is spared"
    there = {**from_web, "Forwarded": "for=203.0.113.5"}
    assert _knock(school, elsewhere, PASSWORD, there).status_code == 201, "and other addresses are"
    clock.shift(ADDRESS_WINDOW)
    assert _knock(school, elsewhere, PASSWORD, from_web).status_code == 201


@pytest.mark.usefixtures("quick")
def test_twenty_wrong_passwords_slow_down_and_never_lock(
    school: School, from_web: dict[str, str], clock: time_machine.Traveller
) -> None:
    login, waits = school.made.login, []
    for _ in range(20):
        answer = _knock(school, login, "wrong", from_web)
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            clock.shift(waits[-1])
            answer = _knock(school, login, "wrong", from_web)
        assert answer.status_code == 401
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300, 300, 300, 300]
    clock.shift(300)
    assert _knock(school, login, PASSWORD, from_web).status_code == 201
    assert _knock(school, login, "wrong", from_web).status_code == 401, "from the beginning"


@pytest.mark.usefixtures("quick", "clock")
def test_strangers_cannot_keep_the_owner_from_a_known_device(school: School, from_web: dict[str, str]) -> None:
    device = {"name": "Телефон", "key": "t" * 43}
    assert _knock(school, school.made.login, PASSWORD, from_web, device=device).status_code == 201
    for number in range(ADDRESS_LOGINS):
        _knock(school, f"other{number:03}", "password", from_web)
    for _ in range(30):
        _knock(school, school.made.login, "wrong", from_web)
    assert _knock(school, school.made.login, PASSWORD, from_web).status_code == 429
    assert _knock(school, school.made.login, PASSWORD, from_web, device=device).status_code == 201


@contextmanager
def work_of(service: Accounts, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a request asks of the database and of Argon2, in order."""
    done: list[str] = []

    def statement(_: object, __: object, text: str, *___: object) -> None:
        done.append(text)

    def matches(stored: str | None, given: str) -> bool:
        done.append("argon2")
        return passwords.matches(stored, given)

    with monkeypatch.context() as patched:
        patched.setattr(sign_in, "matches", matches)
        sa.event.listen(service.database.engine, "before_cursor_execute", statement)
        yield done
        sa.event.remove(service.database.engine, "before_cursor_execute", statement)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("key", ["", "w" * 43])
@pytest.mark.parametrize("before", [0, 5])
def test_an_unknown_login_and_a_wrong_password_are_the_same_work(
    school: School,
    service: Accounts,
    monkeypatch: pytest.MonkeyPatch,
    from_web: dict[str, str],
    key: str,
    before: int,
) -> None:
    """The same statements in the same order and one Argon2, for the first try and for one that has to wait."""
    work = []
    for login in (school.made.login, random_text(LOGIN_LENGTH)):
        for _ in range(before):
            _knock(school, login, "wrong", from_web)
        with work_of(service, monkeypatch) as done:
            answer = _knock(school, login, "wrong", from_web, device={"key": key})
        assert answer.status_code == (401 if before == 0 else 429)
        work.append(done)
    assert work[0] == work[1]
    assert work[0].count("argon2") == (1 if before == 0 else 0)
    assert len(work[0]) > 5


# --- the log -------------------------------------------------------------------------------------------


def _kinds(api: Api, path: str = "/me/sign-ins") -> list[str]:
    """The earliest first."""
    return [one["kind"] for one in reversed(ok(api.get(path))["items"])]


def test_a_persons_log_tells_what_happened(
    school: School, from_web: dict[str, str], clock: time_machine.Traveller
) -> None:
    teacher = school.person("staff", name="Маркова Вера Ильинична")
    issued = ok(school.admin.post("/credentials", {"person_ids": [str(teacher)]}), 201)["items"][0]
    login, use = issued["login"], {"code": issued["code"], "password": PASSWORD}
    here = {"name": "Windows, Firefox", "key": "h" * 43}
    used = school.api().post("/credentials/activate", use | {"device": here}, headers=from_web)
    api = school.api(ok(used, 201)["token"])
    _knock(school, login, "wrong", from_web, device=here)
    phone = Phone(school, clock, from_web)
    phone.set_up(api)
    problem(_knock(school, login, PASSWORD, from_web, otp="000000"), 401)
    mine = {"name": "Дом", "key": "m" * 43, "trusted": True}
    other = school.api(ok(_knock(school, login, PASSWORD, from_web, otp=phone.code(), device=mine), 201)["token"])
    listed = ok(api.get("/sessions"))
    ok(other.delete("/sessions/current"), 204)
    ok(_knock(school, login, PASSWORD, from_web, otp=phone.recovery_codes[0]), 201)
    ok(api.post("/second-factors/recovery-codes", {"otp": phone.code()}, headers=from_web))
    ok(api.delete(f"/devices/{listed['devices'][0]['id']}"), 204)
    ended = next(one for one in ok(api.get("/sessions"))["items"] if not one["current"])
    ok(api.delete(f"/sessions/{ended['id']}"), 204)
    changed = {"password": PASSWORD, "new_password": "синий кит летит"}
    ok(api.post("/passwords", changed, headers=from_web), 204)
    ok(api.post("/second-factors/end", {"otp": phone.code()}, headers=from_web), 204)
    assert _kinds(api) == [
        "slip_used", "signed_in", "wrong_password", "factor_set", "wrong_code", "signed_in", "signed_out",
        "recovery_code_used", "signed_in", "recovery_codes_made", "device_forgotten", "session_ended",
        "password_changed", "factor_ended",
    ]  # fmt: skip
    assert _kinds(school.admin, f"/people/{teacher}/sign-ins") == _kinds(api)
    wrong = ok(api.get("/me/sign-ins"))["items"][-3]
    network = coarse_network(from_web["Forwarded"].removeprefix("for="))
    assert (wrong["kind"], wrong["device"], wrong["network"]) == ("wrong_password", "Windows, Firefox", network)


def test_a_new_password_by_a_slip_is_told(school: School, from_web: dict[str, str]) -> None:
    teacher = school.person("staff")
    school.signed_in(teacher)
    code = ok(school.admin.post("/credentials", {"person_ids": [str(teacher)]}), 201)["items"][0]["code"]
    use = {"code": code, "password": "синий кит летит"}
    api = school.api(ok(school.api().post("/credentials/activate", use, headers=from_web), 201)["token"])
    assert _kinds(api) == ["slip_used", "signed_in", "slip_used", "password_reset", "signed_in"]


@pytest.mark.usefixtures("quick", "clock")
def test_a_wait_is_told_once(school: School, from_web: dict[str, str]) -> None:
    for _ in range(15):
        _knock(school, school.made.login, "wrong", from_web)
    kinds = _kinds(school.admin)
    assert kinds[-6:] == ["wrong_password"] * 5 + ["delayed"]
    assert kinds.count("delayed") == 1


def test_tries_at_a_login_that_nobody_opened_yet_stand_in_nobodys_way(
    make_school: Callable[[], School], from_web: dict[str, str]
) -> None:
    """The owner of the slip comes with an account of her own, and the empty one goes."""
    first, second = make_school(), make_school()
    login = ok(first.signed_in(first.person("staff")).get("/me"))["account"]["login"]
    slip = {"person_ids": [str(second.person("staff"))]}
    issued = ok(second.admin.post("/credentials", slip), 201)["items"][0]
    for number in range(7):
        assert _knock(second, issued["login"], "wrong", from_web).status_code == (401 if number < 5 else 429)
    ok(second.api().post("/passwords/reset", {"login": issued["login"]}, headers=from_web), 202)
    joined = {"code": issued["code"], "password": PASSWORD, "login": login}
    ok(second.api().post("/credentials/activate", joined, headers=from_web), 201)


def test_pages_of_the_log_go_on(school: School, from_web: dict[str, str]) -> None:
    for _ in range(4):
        ok(_knock(school, school.made.login, PASSWORD, from_web), 201)
    whole = [one["id"] for one in ok(school.admin.get("/me/sign-ins"))["items"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = ok(school.admin.get(f"/me/sign-ins?limit=2{cursor}"))
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert seen == whole
    assert len(whole) == 6


def test_who_reads_somebodys_log(school: School, make_school: Callable[[], School]) -> None:
    teacher = school.person("staff")
    api = school.signed_in(teacher)
    path = f"/people/{teacher}/sign-ins"
    assert _kinds(school.admin, path) == ["slip_used", "signed_in"]
    problem(api.get(path), 403)
    for kind in ("director", "deputy", "secretary", "medic"):
        problem(school.with_role(kind).get(path), 403)
    problem(make_school().admin.get(path), 404)
    problem(school.admin.get(f"/people/{uuid.uuid4()}/sign-ins"), 404)
    assert _kinds(school.admin, f"/people/{school.person('staff')}/sign-ins") == []


def test_a_school_learns_nothing_of_what_happened_in_another(
    make_school: Callable[[], School], from_web: dict[str, str]
) -> None:
    first, second = make_school(), make_school()
    teacher, guest = first.person("staff"), second.person("staff")
    login = ok(first.signed_in(teacher).get("/me"))["account"]["login"]
    code = ok(second.admin.post("/credentials", {"person_ids": [str(guest)]}), 201)["items"][0]["code"]
    joined = {"code": code, "password": PASSWORD, "login": login}
    signed = ok(second.api().post("/credentials/activate", joined, headers=from_web), 201)
    moved = ok(first.api(signed["token"]).patch("/sessions/current", {"school": str(first.id)}, headers=from_web))
    _knock(first, login, "wrong", from_web)
    in_first = ["slip_used", "signed_in", "school_changed", "wrong_password"]
    assert _kinds(first.admin, f"/people/{teacher}/sign-ins") == in_first
    assert _kinds(first.api(moved["token"])) == in_first
    assert _kinds(second.admin, f"/people/{guest}/sign-ins") == ["slip_used", "signed_in", "wrong_password"]


def test_the_log_is_written_and_read_and_nothing_else(school: School, service: Accounts) -> None:
    for statement in ("UPDATE sign_in_event SET device = ''", "DELETE FROM sign_in_event", "TRUNCATE sign_in_event"):
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied|no order destroys this row"),
            service.database.transaction(Scope(school_id=school.id)) as session,
        ):
            session.execute(sa.text(statement))
    counted = sa.text("SELECT count(*) FROM sign_in_event")
    for scope in (Scope(), Scope(school_id=uuid.uuid4())):
        with service.database.read(scope) as session:
            assert session.execute(counted).scalar_one() == 0
    with service.database.read(Scope(school_id=school.id)) as session:
        assert session.execute(counted).scalar_one() == 2
