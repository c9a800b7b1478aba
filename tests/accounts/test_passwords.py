"""Passwords: which are taken, and how one changes her own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.identities.guessing import is_guessable
from services.accounts.identities.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School

NEW = "синий кит летит"
ANYTHING = st.text(min_size=SHORTEST_PASSWORD, max_size=LONGEST_PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        "password1", "qwerty123456", "1q2w3e4r5t", "12345678", "11111111", "iloveyou1", "football",  # as everybody
        "пароль123", "привет12", "наташа1987", "зайка2010", "школа2026", "любимый 2024", "учительница1",  # and here
        "йцукенгш", "фывапролдж", "1й2ц3у4к", "ячсмитьбю",  # runs of keys
        "gfhjkm123", "зфыыцщкв", "rfhnjirf12",  # one language on the other's keys
        "ПАРОЛЬ123", "Password1", "p@ssw0rd", "a" * 8, "й" * 128, "абабабаб" * 9,  # repetitions
        "schoolzhurnal", "dnevnik2025",  # words of the place
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_guessable(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize(
    "password",
    [NEW, "семь-раз-отмерь-42", "корова стул окно", "Kx9#vT2m", "t7gq-mmzp-4kda", "一万与丕东丣个丱丸", "🦊к♞w9ё🦊"],
)  # fmt: skip
def test_what_nobody_guesses_soon_is_taken(password: str) -> None:
    assert not is_guessable(password)


@given(ANYTHING)
def test_every_text_is_judged_alike_in_capitals(text: str) -> None:
    assert is_guessable(text) == is_guessable(text.casefold())


@given(st.sampled_from(["пароль", "qwerty", "любовь"]), st.integers(0, 99))
def test_two_digits_make_no_common_word_better(word: str, number: int) -> None:
    assert is_guessable(f"{word}{number:02}")


def test_a_guessable_one_opens_nothing_and_costs_no_try(school: School) -> None:
    person = school.person("staff")
    issued = ok(school.admin.post("/credentials", {"person_ids": [str(person)]}), 201)["items"][0]
    for _ in range(6):
        weak = school.api().post("/credentials/activate", {"code": issued["code"], "password": "пароль123"})
        found = problem(weak, 422)["errors"]
        assert [(entry["pointer"], entry["code"]) for entry in found] == [("/password", "guessable")]
    ok(school.api().post("/credentials/activate", {"code": issued["code"], "password": NEW}), 201)


def test_a_changed_password_ends_every_other_session(school: School, from_web: dict[str, str]) -> None:
    login = school.made.login
    elsewhere = school.api(
        ok(school.api().post("/sessions", {"login": login, "password": PASSWORD}, headers=from_web), 201)["token"]
    )
    ok(elsewhere.get("/me"))
    body = {"password": PASSWORD, "new_password": NEW}
    ok(school.admin.post("/passwords", body, headers=from_web), 204)
    ok(school.admin.get("/me"))
    problem(elsewhere.get("/sessions"), 401)
    old = school.api().post("/sessions", {"login": login, "password": PASSWORD}, headers=from_web)
    problem(old, 401, "wrong-credentials")
    ok(school.api().post("/sessions", {"login": login, "password": NEW}, headers=from_web), 201)


def test_only_whoever_knows_the_old_one_changes_it(school: School, from_web: dict[str, str]) -> None:
    wrong = {"password": "not this one", "new_password": NEW}
    problem(school.admin.post("/passwords", wrong, headers=from_web), 403, "wrong-password")
    for _ in range(4):
        problem(school.admin.post("/passwords", wrong, headers=from_web), 403, "wrong-password")
    problem(school.admin.post("/passwords", wrong, headers=from_web), 429, "wait")
    problem(school.api().post("/passwords", wrong), 401)
    body = {"login": school.made.login, "password": PASSWORD}
    waiting = school.api().post("/sessions", body, headers=from_web)
    assert waiting.status_code in (201, 429), "nothing was changed"


@pytest.mark.parametrize("new", ["пароль123", "qwertyui", "short", "х" * 129, ""])
def test_a_weak_new_one_changes_nothing(school: School, from_web: dict[str, str], new: str) -> None:
    body = {"password": PASSWORD, "new_password": new}
    found = problem(school.admin.post("/passwords", body, headers=from_web), 422)["errors"]
    assert [entry["pointer"] for entry in found] == ["/new_password"]
    ok(
        school.api().post("/sessions", {"login": school.made.login, "password": PASSWORD}, headers=from_web),
        201,
    )
