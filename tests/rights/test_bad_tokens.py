"""What opens no door: at every route of every service 401, whatever is asked about, and nothing is written."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable

import pytest
import time_machine

from services.accounts.sessions.rules import IDLE
from services.common.clock import now
from tests.rights.cast import Cast, Viewer
from tests.rights.routes import REQUESTS
from tests.rights.taking_back import Writes
from tests.support.school import PASSWORD, good
from tests.support.suite import TOKENS


def _session(cast: Cast) -> str:
    """A fresh one of the administrator, who may do the most."""
    login = good(cast.api("accounts", "administrator").get("/me"))["account"]["login"]
    return str(
        good(cast.suite.api("accounts").post("/sessions", {"login": login, "password": PASSWORD}), 201)["token"]
    )


def _signed_out(cast: Cast) -> str:
    token = _session(cast)
    assert cast.suite.api("accounts", token).delete("/sessions/current").status_code == 204
    return token


def _left_alone(cast: Cast) -> str:
    """Begun half an hour and a minute ago, and not used since."""
    with time_machine.travel(now() - IDLE - dt.timedelta(minutes=1), tick=True):
        return _session(cast)


def _of_who_was_dismissed(cast: Cast) -> str:
    return cast.viewers["dismissed"].token


def _a_code_of_a_slip(cast: Cast) -> str:
    issued = cast.school.accounts().post("/credentials", {"person_ids": [cast.spare]})
    return str(good(issued, 201)["items"][0]["code"])


def _with_a_letter_changed(cast: Cast) -> str:
    token = cast.viewers["administrator"].token
    return token[:-1] + ("a" if token[-1] != "a" else "b")


BAD: dict[str, Callable[[Cast], str]] = {
    "made up in the right form": lambda _: f"zh_{secrets.token_urlsafe(32)}",
    "made up in no form": lambda _: "administrator",
    "with a letter changed": _with_a_letter_changed,
    "signed out": _signed_out,
    "left alone for half an hour": _left_alone,
    "of who was dismissed": _of_who_was_dismissed,
    "a code of a slip": _a_code_of_a_slip,
    "a service's own": lambda _: TOKENS["web"],
}


@pytest.fixture(scope="module")
def tokens(cast: Cast) -> dict[str, str]:
    """All of them, and a good one; made before anything is taken back."""
    return {what: make(cast) for what, make in BAD.items()} | {"good": _session(cast)}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_token_is_nobodys_at_every_route(cast: Cast, tokens: dict[str, str], writes: Writes, what: str) -> None:
    bearer = Viewer(what, str(cast.school.admin_id), tokens[what])
    writes.forget()
    answers = [(request, request.send(cast, bearer)) for request in REQUESTS]
    let_in = [f"{one.method} {one.rule}: {answer.status}" for one, answer in answers if answer.status_code != 401]
    assert let_in == []
    told = {answer.get_json(force=True)["type"] for _, answer in answers}
    assert told == {"urn:zhurnal:problem:not-signed-in"}, "the same words for all of them"
    assert writes.services == []


def test_a_good_token_is_nobodys_at_none_of_them(cast: Cast, tokens: dict[str, str], writes: Writes) -> None:
    bearer = Viewer("good", str(cast.school.admin_id), tokens["good"])
    assert [str(one) for one in REQUESTS if one.send(cast, bearer).status_code == 401] == []
