"""Pages of sign-in: the second step, remembered browsers, what happened, a forgotten password."""

from __future__ import annotations

import re
from dataclasses import dataclass

import flask
import pyotp
import pytest

from tests.support.school import PASSWORD, School, good
from tests.web.conftest import Pages
from tests.web.test_pages import shown

ME = "/me"


def _text(html: str, mark: str) -> list[str]:
    return ["".join(one.split()) for one in re.findall(mark, html)]


@dataclass
class Door:
    """The administrator's browser and the codes in a drawer."""

    pages: Pages
    school: School
    login: str
    codes: list[str]

    def sign_in(self, **more: str) -> flask.Response:
        """The password, in the browser as it is."""
        form = {"login": self.login, "password": PASSWORD, "next": "/people", **more}
        answer: flask.Response = self.pages.post("/login", form)
        return answer

    def proof(self, **more: str) -> dict[str, str]:
        """What the page of the second step carries along."""
        page = shown(self.sign_in(**more))
        assert "Второй шаг входа" in page
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    def enter(self, **more: str) -> flask.Response:
        form = self.proof(**more) | {"otp": self.codes.pop()}
        answer: flask.Response = self.pages.post("/login/code", form)
        return answer


def _set_up(pages: Pages) -> list[str]:
    """Through the pages; the recovery codes."""
    begun = shown(pages.post("/me/second-factor"))
    assert 'src="data:image/svg+xml;base64,' in begun
    key = _text(begun, r'<p class="code">([^<]+)</p>')[0]
    wrong = shown(pages.post("/me/second-factor/confirm", {"otp": "000000"}), 403)
    assert "Код не подошёл" in wrong
    assert key not in "".join(wrong.split()), "the key is shown once"
    done = shown(pages.post("/me/second-factor/confirm", {"otp": pyotp.TOTP(key).now()}))
    assert "Второй шаг включён." in done
    return _text(done, r'<li class="code">([^<]+)</li>')


@pytest.fixture
def door(pages: Pages, school: School) -> Door:
    login = good(school.accounts().get("/me"))["account"]["login"]
    codes = _set_up(pages.sign_in(school.admin_token))
    assert len(codes) == 10
    return Door(pages, school, login, codes)


def test_the_second_step_is_asked_for_and_a_shared_computer_asks_again(door: Door) -> None:
    pages = door.pages
    pages.post("/logout")
    form = door.proof()
    assert (form["next"], "trusted" in form) == ("/people", False)
    assert PASSWORD not in shown(door.sign_in()), "the password is never put back into a page"
    assert "Код не подошёл" in shown(pages.post("/login/code", form | {"otp": "000000"}), 401)
    code = door.codes.pop()
    entered = pages.post("/login/code", form | {"otp": f"{code[:4]} {code[4:8]} {code[8:]}"})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/people")
    shown(pages.get("/people"))
    pages.post("/logout")
    assert "Второй шаг входа" in shown(door.sign_in())
    old = shown(pages.post("/login/code", form | {"proof": "made up", "otp": code}), 401)
    assert "введите логин и пароль ещё раз" in old


def test_ones_own_computer_is_asked_once(door: Door) -> None:
    pages = door.pages
    pages.post("/logout")
    entered = door.enter(trusted="1")
    cookies = entered.headers.getlist("Set-Cookie")
    assert any(
        re.match(r"zhurnal-device=[\w-]{43}; .*Max-Age=31536000.*HttpOnly.*SameSite=Lax", one) for one in cookies
    )
    listed = shown(pages.get(ME))
    assert "Здесь код второго шага не спрашивают" in listed
    forget = re.findall(r'action="(/me/devices/[^"]+/forget)"', listed)
    assert len(forget) == 1
    pages.post("/logout")
    assert door.sign_in(trusted="1").status_code == 303, "known by its cookie"
    pages.client.delete_cookie("zhurnal-device")
    assert "Второй шаг входа" in shown(door.sign_in(trusted="1")), "another browser"
    shown(pages.get(ME))
    assert pages.post(forget[0]).headers["Location"] == ME
    assert pages.get(ME).headers["Location"].startswith("/login"), "this session was begun on that device"


def test_the_cookie_of_a_device_over_https(web: flask.Flask, school: School) -> None:
    login = good(school.accounts().get("/me"))["account"]["login"]
    answer = web.test_client().post(
        "/login",
        base_url="https://school.example",
        headers={"Sec-Fetch-Site": "same-origin"},
        data={"login": login, "password": PASSWORD},
    )
    device = next(one for one in answer.headers.getlist("Set-Cookie") if "device" in one)
    assert device.startswith("__Host-zhurnal-device=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(device.split("; "))


def test_a_module_is_told_what_is_asked_for(door: Door) -> None:
    pages, module = door.pages, {"Zhurnal-Module": "1", "Sec-Fetch-Site": "same-origin"}
    pages.post("/logout")
    asked = pages.client.post("/login", data={"login": door.login, "password": PASSWORD}, headers=module)
    assert (asked.status_code, asked.json["type"]) == (401, "urn:zhurnal:problem:otp-required")
    form = {"proof": asked.json["proof"], "otp": door.codes.pop()}
    entered = pages.client.post("/login/code", data=form, headers=module)
    assert entered.json == {"person": str(door.school.admin_id)}


def test_codes_are_made_anew_and_the_second_step_ends(door: Door) -> None:
    pages = door.pages
    assert "Запасных кодов осталось: 10" in shown(pages.get(ME))
    assert "Код не подошёл" in shown(pages.post("/me/second-factor/codes", {"otp": "000000"}), 403)
    made = shown(pages.post("/me/second-factor/codes", {"otp": door.codes.pop()}))
    fresh = _text(made, r'<li class="code">([^<]+)</li>')
    assert not set(fresh) & set(door.codes)
    assert "Код не подошёл" in shown(pages.post("/me/second-factor/end", {"otp": door.codes.pop()}), 403)
    assert "Введите код" in shown(pages.post("/me/second-factor/end", {}), 422)
    ended = pages.post("/me/second-factor/end", {"otp": fresh[0]})
    assert "Второй шаг выключен." in shown(pages.get(ended.headers["Location"].partition("#")[0]))
    pages.post("/logout")
    assert door.sign_in().status_code == 303


def test_a_role_that_asks_for_it_leads_to_it(pages: Pages, school: School, web: flask.Flask) -> None:
    director = school.person(["staff"], "Муравьёва", "Марина")
    school.suite.deliver()
    good(school.accounts().post("/roles", {"person_id": director, "kind": "director", "from": "2026-09-01"}), 201)
    own = Pages(web.test_client()).sign_in(school.sign_in(director))
    pages.sign_in(school.admin_token)
    refused = shown(pages.post("/access/second-step", {"roles": ["administrator", "director"]}), 409)
    assert "Сначала настройте второй шаг себе" in refused
    saved = pages.post("/access/second-step", {"roles": ["director", "nonsense"]})
    assert saved.headers["Location"].startswith("/access?saved=1")
    assert re.search(r'value="director" checked', shown(pages.get("/access")))
    for service in school.suite.services.values():
        service.authenticator.forget(own.client.get_cookie("zhurnal").value)  # type: ignore[union-attr]
    journal = school.journal(school.sign_in(director))
    assert "JOURNAL_PAGE_READ" not in good(journal.get("/permissions"))["permissions"], "in every service"
    led = shown(own.get(ME))
    assert "Часть ваших прав откроется" in led
    assert "Школа открывает вашу роль после этой настройки" in led
    _set_up(own)
    assert "Часть ваших прав откроется" not in shown(own.get(ME))
    for service in school.suite.services.values():
        service.authenticator.forget(journal.token)
    assert good(journal.get("/permissions"))["permissions"]["JOURNAL_PAGE_READ"] == "all"
    shown(own.get("/access"))
    shown(own.post("/access/second-step", {"roles": []}), 403)


def test_what_happened_is_shown_to_the_person_and_to_an_administrator(
    pages: Pages, school: School, web: flask.Flask
) -> None:
    teacher = school.person(["staff"], "Титова", "Елена")
    own = Pages(web.test_client()).sign_in(school.sign_in(teacher))
    login = good(school.accounts(school.sign_in(teacher)).get("/me"))["account"]["login"]
    own.post("/login", {"login": login, "password": "не тот пароль"})
    _set_up(own)
    listed = shown(own.get("/me/sign-ins"))
    for told in ("Использован код из листка", "Вход", "Неверный пароль", "Второй шаг включён", "127.0.0.0/24"):
        assert told in listed
    pages.sign_in(school.admin_token)
    card = shown(pages.get(f"/people/{teacher}"))
    assert f'href="/people/{teacher}/sign-ins"' in card
    seen = shown(pages.get(f"/people/{teacher}/sign-ins"))
    assert "Неверный пароль" in seen
    ended = pages.post(f"/people/{teacher}/second-factor/end")
    assert "Второй шаг выключен." in shown(pages.get(ended.headers["Location"]))
    again = shown(pages.post(f"/people/{teacher}/second-factor/end"), 409)
    assert "второй шаг не настроен" in again
    own.sign_in(
        good(school.suite.api("accounts").post("/sessions", {"login": login, "password": PASSWORD}), 201)["token"]
    )
    shown(own.get(f"/people/{school.admin_id}/sign-ins"), 403)


def test_a_forgotten_password_is_answered_alike_and_shown_to_the_office(pages: Pages, school: School) -> None:
    teacher = school.person(["staff"], "Титова", "Елена")
    login = good(school.accounts(school.sign_in(teacher)).get("/me"))["account"]["login"]
    assert 'href="/forgotten"' in shown(pages.get("/login"))
    answers = {shown(pages.post("/forgotten", {"login": one})) for one in (login, "nobody77")}
    assert len(answers) == 1
    assert "Просьба принята" in answers.pop()
    assert "Введите логин" in shown(pages.post("/forgotten", {"login": " "}), 422)
    pages.sign_in(school.admin_token)
    assert "Просят новый код" in shown(pages.get("/access"))
    waiting = shown(pages.get("/access/staff"))
    assert "забыт пароль, просит новый код" in waiting
    printed = pages.post("/access/slips", {"person_ids": [teacher]})
    assert printed.mimetype == "application/pdf"
    assert "забыт пароль" not in shown(pages.get("/access/staff"))
