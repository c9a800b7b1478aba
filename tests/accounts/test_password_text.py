"""A password counts as it was typed: whole, in its own case, for as long as its owner likes it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
import time_machine
from werkzeug.test import TestResponse
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from services.accounts.identities.guessing import is_guessable
from services.accounts.identities.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.common.clock import now
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School

TYPED = "Семь раз отмерь, Один "
LONG = ("корова стул окно дверь " * 6)[: LONGEST_PASSWORD - 1] + "ё"


def test_the_three_thousand_commonest_of_the_right_length_are_refused() -> None:
    commonest = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD][:3000]
    assert len(commonest) == 3000
    assert [word for word in commonest if not is_guessable(word)] == []


def enter(school: School, password: str, headers: dict[str, str]) -> TestResponse:
    body = {"login": school.made.login, "password": password}
    return school.api().post("/sessions", body, headers=headers)


@pytest.mark.parametrize(
    ("password", "other"),
    [
        (TYPED, TYPED.strip()),
        (TYPED, TYPED.lower()),
        (TYPED, TYPED.replace(" ", "")),
        (LONG, LONG[:-1]),
        (LONG, LONG[:-1] + "е"),
    ],
)
def test_another_case_space_or_last_letter_is_another_password(
    school: School, from_web: dict[str, str], password: str, other: str
) -> None:
    change = {"password": PASSWORD, "new_password": password}
    ok(school.admin.post("/passwords", change, headers=from_web), 204)
    problem(enter(school, other, from_web), 401, "wrong-credentials")
    ok(enter(school, password, from_web), 201)


def test_nobody_is_made_to_change_a_password_by_its_age(school: School, from_web: dict[str, str]) -> None:
    with time_machine.travel(now() + dt.timedelta(days=3 * 365), tick=True):
        token = ok(enter(school, PASSWORD, from_web), 201)["token"]
        ok(school.api(token).get("/me"))


def test_a_stored_password_costs_whoever_guesses_it() -> None:
    """As processes outside of the tests store it: OWASP's second choice for Argon2id, 19 MiB and two passes."""
    said = "from services.accounts.identities.passwords import hash_password; print(hash_password('семь-раз-отмерь'))"
    asked = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
