"""What the browser is told and what it is refused."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.web import security
from services.web.app import create_app
from tests.web.conftest import settings

FOREIGN = "https://evil.example"


@pytest.mark.parametrize("path", ["/login", "/nothing", "/favicon.ico", "/healthz", "/help"])
def test_every_answer_carries_the_headers(alone: FlaskClient, path: str) -> None:
    answer = alone.get(path)
    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["X-Request-Id"]


def test_the_policy_allows_no_inline_script_and_asks_for_trusted_types() -> None:
    assert "default-src 'none'" in security.CONTENT_POLICY
    assert "require-trusted-types-for 'script'; trusted-types zhurnal" in security.CONTENT_POLICY
    assert "unsafe" not in security.CONTENT_POLICY


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": FOREIGN}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_an_unsafe_request_must_come_from_our_own_page(
    alone: FlaskClient, headers: dict[str, str], taken: bool
) -> None:
    answer = alone.post("/logout", headers=headers)
    assert answer.status_code == (303 if taken else 403)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/journal/1?from=2026-09-01", "/journal/1?from=2026-09-01"),
        ("/", "/"),
        (None, "/"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        (" //evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/login?next=/login", "/"),
        ("/logout", "/"),
        ("/" + "a" * 400, "/"),
    ],
)
def test_nobody_is_led_away_from_the_site(given: str | None, kept: str) -> None:
    assert security.safe_next(given) == kept


def test_a_page_behind_sign_in_leads_there_and_back(alone: FlaskClient) -> None:
    answer = alone.get("/journals?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=%2Fjournals%3Fx%3D1")


def test_a_module_is_told_401_instead_of_a_page(alone: FlaskClient) -> None:
    answer = alone.get("/journals", headers={"Zhurnal-Module": "1"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_over_plain_http_elsewhere_sign_in_says_why_not(alone: FlaskClient) -> None:
    page = alone.get("/login", base_url="http://192.168.0.7:8000").get_data(as_text=True)
    assert "По этому адресу войти нельзя" in page
    answer = alone.post(
        "/login", base_url="http://192.168.0.7:8000", headers={"Sec-Fetch-Site": "same-origin"}, data={"login": "a"}
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("https://school.example", False),
        ("http://school.example", True),
    ],
)
def test_loopback_and_https_may_keep_a_session(alone: FlaskClient, address: str, said: bool) -> None:
    page = alone.get("/login", base_url=address).get_data(as_text=True)
    assert ("По этому адресу войти нельзя" in page) is said


def test_a_neighbour_is_believed_only_when_named(tmp_path: Path) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.1.1"}
    plain = create_app(settings(tmp_path)).test_client()
    assert "Strict-Transport-Security" not in plain.get("/login", headers=forwarded).headers
    loopback = ipaddress.ip_network("127.0.0.0/8")
    trusting = create_app(settings(tmp_path, trusted_proxies=(loopback,))).test_client()
    assert "Strict-Transport-Security" in trusting.get("/login", headers=forwarded).headers


def test_a_silent_service_is_said_in_words(alone: FlaskClient) -> None:
    alone.set_cookie("zhurnal", "zh_" + "a" * 43)
    answer = alone.get("/journals")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Часть журнала временно недоступна" in answer.get_data(as_text=True)


def test_sign_out_takes_the_cookie_even_when_accounts_is_silent(alone: FlaskClient) -> None:
    alone.set_cookie("zhurnal", "zh_" + "a" * 43)
    answer = alone.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert any(cookie.startswith("zhurnal=;") for cookie in answer.headers.getlist("Set-Cookie"))
